import { forecast } from "../src/forecast/forecast.ts";
import { learnShop } from "../src/forecast/shop.ts";
import type { ForecastFound, Frequency, SeriesInput } from "../src/forecast/types.ts";
import { random } from "../src/numeric/random.ts";
import { read } from "./data.ts";
import type { Figure } from "./figure.ts";
import { coverage, mase, mean, naive2, owa, rmsse, scaledPinball, smape, wape } from "./measures.ts";

/** A series of `forecast/*`, as the data's description has it. */
export interface Row {
  id: string;
  freq: Frequency;
  m: number;
  h: number;
  train: number[];
  test: number[];
  start?: string;
  name?: string;
  price?: number[] | number;
  deal?: number[];
  feat?: number[];
  missing?: number[];
}

/** What the engine is given of a row: never a test value. `known`: periods for which regressors are known. */
export function inputOf(row: Row, known: number): SeriesInput {
  const values: (number | null)[] = row.train.slice();
  for (const i of row.missing ?? []) if (i < values.length) values[i] = null;
  return {
    values,
    frequency: row.freq,
    ...(row.start !== undefined && { start: row.start }),
    ...(row.deal && {
      regressors: {
        price: (row.price as number[]).slice(0, known),
        promotion: row.deal.slice(0, known),
        feature: row.feat!.slice(0, known),
      },
      category: row.name!,
    }),
  };
}

/** The ends of the 80 % and the 95 % interval, and the middle. */
const levels = [0.025, 0.1, 0.5, 0.9, 0.975];

interface Forecasts {
  rows: Row[];
  found: ForecastFound[];
}

/** Forecasts of a data set, with a shop learned from its training parts. */
export function forecasts(name: string, blank?: (row: Row) => SeriesInput): Forecasts {
  const rows = read<Row>(`forecast/${name}`);
  const given = (row: Row, known: number): SeriesInput => blank?.(row) ?? inputOf(row, known);
  const shop = learnShop(
    rows.map((row) => given(row, row.train.length)),
    { horizon: rows[0]!.h },
  );
  const found = rows.map((row) => {
    const result = forecast(given(row, row.train.length + row.h), { horizon: row.h, levels, shop });
    if (result.verdict !== "ok") throw new Error(`${row.id}: ${result.verdict}`);
    return result;
  });
  return { rows, found };
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

const finiteMean = (values: number[]): number => mean(values.filter((v) => Number.isFinite(v)));

const meanRmsse = ({ rows, found }: Forecasts): number =>
  finiteMean(rows.map((row, i) => rmsse(row.train, row.test, found[i]!.mean)));

const totalWape = ({ rows, found }: Forecasts): number =>
  wape(
    rows.map((row) => sum(row.test)),
    found.map((f) => f.total.mean),
  );

function meanOwa({ rows, found }: Forecasts): number {
  const scored = rows.flatMap((row, i) => {
    const of = {
      smape: smape(row.test, found[i]!.mean),
      mase: mase(row.train, row.test, found[i]!.mean, row.m),
    };
    const by = naive2(row.train, row.h, row.m);
    const naive = { smape: smape(row.test, by), mase: mase(row.train, row.test, by, row.m) };
    return Number.isFinite(of.mase + naive.mase) ? [{ of, naive }] : [];
  });
  return owa(
    scored.map((s) => s.of),
    scored.map((s) => s.naive),
  );
}

function covered({ rows, found }: Forecasts, share: number): number {
  const k = found[0]!.intervals.findIndex((interval) => interval.coverage === share);
  return (
    100 *
    mean(
      rows.map((row, i) => coverage(row.test, found[i]!.intervals[k]!.lower, found[i]!.intervals[k]!.upper)),
    )
  );
}

/** One day in five, by chance, as if it had been out of stock; the same ones every time. */
function blanked(row: Row): SeriesInput {
  const input = inputOf(row, row.train.length + row.h);
  const next = random(Number(row.id.replace(/\D/g, "")));
  return { ...input, values: input.values.map((v) => (next() < 0.2 ? null : v)) };
}

const unlikeBefore =
  "The last eight weeks scatter more than the year before them: one horizon earlier 84–85 and 97 % were held";

/** The figures of the forecast engine. A few minutes at most; deterministic. */
export function forecastFigures(): Figure[] {
  const daily = forecasts("online-retail-daily");
  const parts = forecasts("carparts-monthly");
  const juice = forecasts("orange-juice-weekly-promo");
  const m3 = forecasts("m3-monthly");
  const m4 = forecasts("m4-weekly");
  const weekly = forecasts("uci-weekly-products");
  const figure = (what: string, value: number, atMost: number, stretch: number, beside: string): Figure => ({
    engine: "forecast",
    what,
    value,
    pass: { atMost },
    stretch,
    beside,
  });
  const pinball = mean(
    m3.rows.map((row, i) => scaledPinball(row.train, row.test, m3.found[i]!.quantiles, levels, row.m)),
  );
  const loss = 100 * (meanRmsse(forecasts("online-retail-daily", blanked)) / meanRmsse(daily) - 1);
  const out = [
    figure("m3-monthly, OWA", meanOwa(m3), 0.81, 0.79, "R ets 0.813"),
    figure("m4-weekly, OWA", meanOwa(m4), 0.905, 0.85, "damped trend 0.913"),
    figure("online-retail-daily, RMSSE", meanRmsse(daily), 0.858, 0.84, "28-day mean 0.863"),
    figure(
      "online-retail-daily, WAPE of the horizon's total",
      totalWape(daily),
      0.39,
      0.37,
      "28-day mean 0.40",
    ),
    figure("carparts-monthly, RMSSE", meanRmsse(parts), 0.678, 0.665, "TSB 0.681"),
    figure(
      "orange-juice-weekly-promo with price and deal, RMSSE",
      meanRmsse(juice),
      0.37,
      0.32,
      "SBA without them 0.417",
    ),
    figure("m3-monthly, scaled pinball at 2.5, 10, 50, 90, 97.5 %", pinball, 0.194, 0.185, "R ets 0.195"),
    figure("online-retail-daily, RMSSE lost where a fifth of days is blank, %", loss, 3, 1, "full history 0"),
  ];
  const files: [string, Forecasts][] = [
    ["online-retail-daily", daily],
    ["carparts-monthly", parts],
    ["orange-juice-weekly-promo", juice],
    ["m3-monthly", m3],
    ["m4-weekly", m4],
    ["uci-weekly-products", weekly],
  ];
  for (const [name, forecasted] of files)
    for (const [share, between] of [
      [0.8, [77, 83]],
      [0.95, [93, 97]],
    ] as [number, [number, number]][])
      out.push({
        engine: "forecast",
        what: `${name}, ${share * 100} % interval holds, %`,
        value: covered(forecasted, share),
        pass: { between },
        beside: "usual automatic methods 86–91 of 80 on shop data, 71–78 on monthly series",
        ...(name === "uci-weekly-products" && { missed: unlikeBefore }),
      });
  return out;
}
