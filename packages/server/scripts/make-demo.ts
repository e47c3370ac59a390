import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

// Makes demo/ from the cut of Online Retail in shared data: `node scripts/make-demo.ts ../../../shared/data/demo`.
// The sales are taken as they are; the catalogue gets a quantity, of which the source knows nothing.

const from = process.argv[2];
if (from === undefined)
  throw new Error("Say where online-retail-products.csv.gz and online-retail-orders.csv.gz are.");
const to = join(import.meta.dirname, "../demo");
const rowsOf = (name: string) =>
  gunzipSync(readFileSync(join(from, name)))
    .toString("utf8")
    .trimEnd()
    .split(/\r?\n/);

const orders = readFileSync(join(from, "online-retail-orders.csv.gz"));
const [, ...sales] = rowsOf("online-retail-orders.csv.gz");
const end = Math.max(...sales.map((line) => Date.parse(line.slice(line.lastIndexOf(",") + 1))));
const recent = new Map<string, number>();
for (const line of sales) {
  const [, sku = "", quantity, , soldAt = ""] = line.split(",");
  if (end - Date.parse(soldAt) < 56 * 86_400_000) recent.set(sku, (recent.get(sku) ?? 0) + Number(quantity));
}

/** 5 to 60 days of what was sold a day in the last eight weeks, the same on every run. */
function quantityOf(sku: string): number {
  const hash = [...sku].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return Math.max(3, Math.round(((recent.get(sku) ?? 0) / 56) * (5 + (hash % 56))));
}

const [header, ...products] = rowsOf("online-retail-products.csv.gz");
const stocked = products.map((line) => `${line},${quantityOf(line.slice(0, line.indexOf(",")))}`);
writeFileSync(
  join(to, "products.csv.gz"),
  gzipSync([`${header},quantity`, ...stocked, ""].join("\n"), { level: 9 }),
);
writeFileSync(join(to, "sales.csv.gz"), orders);
console.log(`${stocked.length} products, ${sales.length} sales`);
