import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simulateShop } from "@amused/testkit";
import { askImported, askReplayed, type Said } from "./ask.ts";
import { type ShopScore, score } from "./score.ts";

// `npm run eval:shop`: predictions of simulated shops, beside the truth and the plain rule, into docs/predictions.md.
// Deterministic, about a minute.
const kept = join(import.meta.dirname, "../../docs/predictions.md");
const [begin, end] = ["<!-- npm run eval:shop -->\n", "<!-- until here -->\n"];

const seeds = [1, 2, 3, 4, 5];
const days = [90, 160, 230, 300];
const shops = seeds.map((seed) => simulateShop({ seed, products: 40 }));

async function scoreOf(ask: typeof askReplayed): Promise<ShopScore> {
  const said: Said[] = [];
  for (const shop of shops) said.push(...(await ask(shop, days)));
  return score(said);
}

// What rests between pieces of background work keeps no process alive.
const alive = setInterval(() => {}, 60_000);
const whole = await scoreOf(askReplayed);
const filed = await scoreOf(askImported);
clearInterval(alive);

const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
const one = (value: number) => value.toFixed(1);
const three = (value: number) => value.toFixed(3);
const rows: [string, ...string[]][] = [
  ["what", "said", "said of sales from a file", "plain rule"],
  ["---", "---", "---", "---"],
  ...(["7", "14", "30"] as const).map((within): [string, ...string[]] => [
    `Brier score of running out within ${within} days`,
    ...[whole.ours, filed.ours, whole.plain].map(({ brier }) => three(brier[within])),
  ]),
  ...(["7", "14", "30"] as const).map((within): [string, ...string[]] => [
    `said to run out within ${within} days, of ${percent(whole.said[within].came)} that did`,
    ...[whole, filed].map(({ said }) => percent(said[within].said)),
    "",
  ]),
  [
    "days that p50 was off, the median of those that ran out",
    ...[whole.ours, filed.ours, whole.plain].map(({ median }) => one(median)),
  ],
  ["the mean of those", ...[whole.ours, filed.ours, whole.plain].map(({ mean }) => one(mean))],
  [
    "the mean of all, beyond 60 days taken as 61",
    ...[whole.ours, filed.ours, whole.plain].map(({ all }) => one(all)),
  ],
  ["from p10 to p90, of those that ran out", percent(whole.held.ranOut), percent(filed.held.ranOut), ""],
  ["before p10, of all", percent(whole.beforeP10), percent(filed.beforeP10), ""],
  ["by p50, of those that have one", percent(whole.byP50), percent(filed.byP50), ""],
  ["after p90, of all", percent(whole.afterP90), percent(filed.afterP90), ""],
  ...(["outOfStock", "inStock"] as const).map((which): [string, ...string[]] => [
    `mean demand seen, over the true one: ${which === "outOfStock" ? "out of stock" : "never out"} in the four weeks before`,
    ...[whole[which].ours, filed[which].ours, whole[which].plain].map(({ ratio }) => percent(ratio)),
  ]),
  ...(["outOfStock", "inStock"] as const).map((which): [string, ...string[]] => [
    `its error, ${which === "outOfStock" ? "out of stock" : "never out"}`,
    ...[whole[which].ours, filed[which].ours, whole[which].plain].map(({ error }) => percent(error)),
  ]),
];
const table = rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
const about =
  `${whole.stocks} stocks of ${shops.length} shops with ${shops[0]?.products.length} products, asked about on ${days.length} ` +
  `mornings of their first year; ${whole.ranOut} ran out within the 60 days looked ahead.\n\n`;
console.log(about + table);

const text = readFileSync(kept, "utf8");
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`${kept} has no place for the figures`);
writeFileSync(kept, text.slice(0, from + begin.length) + about + table + text.slice(to));
