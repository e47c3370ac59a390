import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { dataFolder, hasData } from "./data.ts";
import { type Figure, passes } from "./figure.ts";
import { table } from "./table.ts";

// `npm run eval`: every engine on public data beside what others reach there. Deterministic, so that a figure below its
// line is a change that made the engine worse; then the command fails.
const root = join(import.meta.dirname, "../../..");
const kept = join(root, "docs/engines/figures.md");

if (!hasData) {
  console.log(
    `There is no data at ${dataFolder}: the data sets may not be shipped (docs/engines/data.md says what they are and ` +
      "where they come from). Nothing was evaluated. AMUSED_EVAL_DATA names another folder.",
  );
  process.exit(0);
}

const only = process.argv.slice(2);
const engines: Record<Figure["engine"], () => Promise<Figure[]>> = {
  forecast: async () => (await import("./forecast.ts")).forecastFigures(),
  replenish: async () => (await import("./replenish.ts")).replenishFigures(),
  recommend: async () => (await import("./recommend.ts")).recommendFigures(),
  categorise: async () => (await import("./categorise.ts")).categoriseFigures(),
};

const figures: Figure[] = [];
for (const [name, evaluate] of Object.entries(engines)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const from = performance.now();
  figures.push(...(await evaluate()));
  console.log(`${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

const text = table(figures);
console.log(`\n${text}`);
if (only.length === 0) {
  mkdirSync(join(kept, ".."), { recursive: true });
  writeFileSync(
    kept,
    `# Figures of the engines\n\nMade by \`npm run eval\`. ${"`"}data.md${"`"} says what the data sets are.\n\n${text}`,
  );
  console.log(`kept in ${relative(root, kept)}`);
}
const unforeseen = figures.filter((figure) => passes(figure) === (figure.missed !== undefined));
for (const { what, value, missed } of unforeseen)
  console.error(
    missed === undefined
      ? `below its line: ${what} is ${value}`
      : `reaches its line, so that the reason why not can go: ${what} is ${value}`,
  );
process.exit(unforeseen.length > 0 ? 1 : 0);
