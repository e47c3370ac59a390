import { portfolio } from "../src/forecast/smooth/index.ts";
import { read } from "./data.ts";
import type { Figure } from "./figure.ts";
import { mase, naive2, owa, smape } from "./measures.ts";

interface Series {
  m: number;
  h: number;
  train: number[];
  test: number[];
}

/** The overall weighted average of a competition's file, each series on its own, where `periods` are the seasons to look for. */
function owaOf(file: string, periods: number[]): number {
  const scores = (forecast: (series: Series) => ArrayLike<number>) =>
    rows.map((series) => {
      const mean = forecast(series);
      return { smape: smape(series.test, mean), mase: mase(series.train, series.test, mean, series.m) };
    });
  const rows = read<Series>(file);
  return owa(
    scores(({ train, h }) => portfolio(Float64Array.from(train), h, periods, { origins: 0 }).mean),
    scores(({ train, h, m }) => naive2(train, h, m)),
  );
}

/** The point forecasts of levels, trends and seasons, on the series of the competitions. */
export function smoothFigures(): Figure[] {
  return [
    {
      engine: "forecast",
      what: "m3-monthly, OWA",
      value: owaOf("forecast/m3-monthly", [12]),
      pass: { atMost: 0.81 },
      stretch: 0.79,
      beside: "R ets 0.813, Theta 0.829, Naive2 1",
    },
    {
      engine: "forecast",
      what: "m4-weekly, OWA",
      value: owaOf("forecast/m4-weekly", [52]),
      pass: { atMost: 0.905 },
      stretch: 0.85,
      beside: "damped trend 0.913, Theta 0.961, Naive2 1",
    },
  ];
}
