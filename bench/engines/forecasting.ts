import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { forecast, forecaster, learnShop } from "@amused/engines";
import initEts, { AutoETS } from "@bsull/augurs/ets";
import { dailySeries, firstDate } from "./series.ts";
import { type Timing, time, whole } from "./timing.ts";

const horizon = 28;
const require = createRequire(import.meta.url);

export interface Forecasting {
  ours: Timing;
  augurs: Timing;
  arima: Timing;
  learnMs: number;
  advance: Timing;
  /** 10,000 series on one core. */
  many: { seconds: number; megabytes: number };
}

/** A forecast with its intervals for each product of the demo shop's year, beside the two of npm that are used most. */
export async function forecasting(): Promise<Forecasting> {
  await initEts({
    module_or_path: readFileSync(new URL("ets_bg.wasm", import.meta.resolve("@bsull/augurs/ets"))),
  });
  const Arima = require("arima") as new (
    options: object,
  ) => { train(values: number[]): unknown; predict(steps: number): unknown };
  const all = dailySeries();
  const inputs = all.map((values) => ({ values, frequency: "daily" as const, start: firstDate(365) }));

  const learnt = performance.now();
  const shop = learnShop(inputs, { horizon });
  const learnMs = performance.now() - learnt;
  const ours = time(inputs, (input) => forecast(input, { horizon, shop }));
  const augurs = time(
    all,
    (values) => {
      const model = new AutoETS(7, "ZZN");
      model.fit(values);
      model.predict(horizon, 0.8);
      model.free();
    },
    3,
  );
  // It takes long: a part of the series says enough.
  const arima = time(
    all.filter((_, at) => at % 10 === 0),
    (values) => {
      const model = new Arima({ auto: true, verbose: false, p: 2, d: 1, q: 2, P: 1, D: 1, Q: 1, s: 7 });
      model.train(values);
      model.predict(horizon);
    },
    1,
  );

  const running = forecaster(inputs[0] as (typeof inputs)[number], { horizon, shop });
  running.forecast();
  const advance = time(
    Array.from({ length: 2000 }, (_, day) => day % 9),
    (value) => {
      running.advance(value);
      running.forecast();
    },
  );

  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const took = whole(() => {
    for (let n = 0; n < 10_000; n++) {
      forecast(inputs[n % inputs.length] as (typeof inputs)[number], { horizon, shop });
      if (n % 500 === 0) most = Math.max(most, process.memoryUsage().rss);
    }
  });
  const many = { seconds: took / 1000, megabytes: (most - before) / 2 ** 20 };
  return { ours, augurs, arima, learnMs, advance, many };
}
