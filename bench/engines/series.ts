import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** The demo shop's year: a real one, which may be shipped (packages/server/demo/README.md). */
const folder = new URL("../../packages/server/demo/", import.meta.url);
const rows = (name: string) =>
  gunzipSync(readFileSync(new URL(name, folder)))
    .toString()
    .trimEnd()
    .split(/\r?\n/);

interface Line {
  orderId: string;
  sku: string;
  quantity: number;
  day: number;
}

const dayMs = 86_400_000;

function lines(): Line[] {
  const [head = "", ...body] = rows("sales.csv.gz");
  const names = head.split(",");
  const at = (name: string) => names.indexOf(name);
  const [orderId, sku, quantity, soldAt] = ["orderId", "sku", "quantity", "soldAt"].map(at) as [
    number,
    number,
    number,
    number,
  ];
  return body.map((line) => {
    const cells = line.split(",");
    return {
      orderId: cells[orderId] ?? "",
      sku: cells[sku] ?? "",
      quantity: Number(cells[quantity]),
      day: Math.floor(Date.parse(cells[soldAt] ?? "") / dayMs),
    };
  });
}

const sold = lines();
const lastDay = sold.reduce((last, { day }) => Math.max(last, day), 0);

/** Units sold a day, the last `days` of the year, of each of the 200 products. */
export function dailySeries(days = 365): number[][] {
  const bySku = new Map<string, number[]>();
  for (const { sku, quantity, day } of sold) {
    const series = bySku.get(sku) ?? new Array<number>(days).fill(0);
    bySku.set(sku, series);
    const index = days - 1 - (lastDay - day);
    if (index >= 0) series[index] = (series[index] ?? 0) + quantity;
  }
  return [...bySku.values()];
}

/** What was bought together: orders of two products and more. */
export function baskets(count: number): string[][] {
  const byOrder = new Map<string, Set<string>>();
  for (const { orderId, sku } of sold) byOrder.set(orderId, (byOrder.get(orderId) ?? new Set()).add(sku));
  return [...byOrder.values()]
    .filter(({ size }) => size > 1)
    .slice(0, count)
    .map((one) => [...one]);
}

/** The day after the last value of a daily series, minus its length. */
export function firstDate(days: number): string {
  return new Date((lastDay - days + 1) * dayMs).toISOString().slice(0, 10);
}
