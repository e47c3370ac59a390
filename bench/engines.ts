import { writeFileSync } from "node:fs";
import { categorising } from "./engines/categorising.ts";
import { forecasting } from "./engines/forecasting.ts";
import { recommending } from "./engines/recommending.ts";
import type { Timing } from "./engines/timing.ts";
import { machine, table } from "./measure/report.ts";

// How long the engines take, each beside others that do the like, in the same run. `npm run bench:engines`
const ms = (value: number) =>
  value < 1000 ? `${value.toPrecision(3)} ms` : `${(value / 1000).toFixed(2)} s`;
const both = ({ median, p99 }: Timing) => [ms(median), ms(p99)];
const rows: string[][] = [["what", "median", "p99", "asked"]];

const forecasts = await forecasting();
rows.push(
  ["forecast with intervals, 365 days, horizon 28", ...both(forecasts.ours), "3 ms, 25 ms"],
  ["the same by augurs' AutoETS (WASM)", ...both(forecasts.augurs), ""],
  ["the same by arima (WASM, automatic, every tenth series)", ...both(forecasts.arima), ""],
  ["one more day, and its forecast", ...both(forecasts.advance), "0.2 ms"],
  ["what a shop of 200 products teaches", ms(forecasts.learnMs), "", ""],
  [
    "10,000 series on one core",
    `${forecasts.many.seconds.toFixed(1)} s`,
    `${forecasts.many.megabytes.toFixed(0)} MB more`,
    "60 s, 200 MB",
  ],
);
const recommended = recommending();
rows.push(
  [`recommend: fit ${recommended.baskets} baskets`, ms(recommended.fitMs), "", "0.8 s"],
  ["recommend: bought together", ...both(recommended.boughtTogether), "p99 3 ms"],
  ["recommend: similar", ...both(recommended.similar), "p99 3 ms"],
  ["recommend: complete a basket", ...both(recommended.complete), "p99 3 ms"],
  ["recommend: one more sale", ...both(recommended.addBasket), "0.1 ms"],
);
const categorised = categorising();
if (categorised)
  rows.push(
    [`categorise: fit ${categorised.items} items`, ms(categorised.fitMs), "", "1.5 s"],
    ["the same by natural's naive Bayes", ms(categorised.natural.fitMs), "", ""],
    ["categorise: one item", ...both(categorised.suggest), "0.15 ms"],
    ["the same by natural", ...both(categorised.natural.classify), ""],
    ["categorise: one correction", ...both(categorised.learn), "5 ms"],
    ["categorise: the model as JSON", `${categorised.kilobytes.toFixed(0)} KB`, "", "3 MB"],
  );

const text = `# How long the engines take\n\nMade by \`npm run bench:engines\` on ${machine()}, Node ${process.versions.node}.\n\n${table(rows)}\n`;
console.log(text);
writeFileSync(new URL("results/engines.md", import.meta.url), text);
