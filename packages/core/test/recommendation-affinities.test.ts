import { expect, test } from "vitest";
import { simulateShop } from "../../testkit/src/shop/simulate.ts";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";

const csv = (rows: (string | number)[][]) =>
  rows.map((row) => row.map((cell) => JSON.stringify(cell)).join(",")).join("\n");

test.each([
  { products: 60, days: 120, found: 1, counted: 1 },
  { products: 200, days: 120, found: 0.91, counted: 0.91 },
  { products: 400, days: 90, found: 0.61, counted: 0.61 },
])(
  "in a shop of $products products and $days days, what belongs together is found at least as well as by counting",
  async ({ products: count, days, found, counted }) => {
    const { products, days: sold } = simulateShop({ seed: 7, products: count, days });
    const amused = await createAmused({ store: memoryStore() });
    const shop = amused.seller("acme");
    await shop.products.import(
      csv([
        ["sku", "name", "description", "price", "category"],
        ...products.map(({ sku, name, description, price, category }) => [
          sku,
          name,
          description,
          price,
          category,
        ]),
      ]),
    );
    const orders = sold.flatMap((day) => day.orders);
    await shop.sales.import(
      csv([
        ["sku", "quantity", "soldAt", "orderId"],
        ...orders.flatMap(({ orderId, soldAt, lines }) =>
          lines.map(({ sku, quantity }) => [sku, quantity, soldAt, orderId]),
        ),
      ]),
    );
    const idOf = new Map<string, number>();
    for await (const { id, sku } of shop.products.list()) idOf.set(sku ?? "", id);
    const pairs = products.flatMap(({ sku, truth }) => truth.draws.map((drawn) => [sku, drawn.sku] as const));
    const together = await Promise.all(
      pairs.map(async ([sku, drawn]) => {
        const { items } = await shop.recommendations.boughtTogether(idOf.get(sku) ?? 0, { limit: 5 });
        return items.some(({ product }) => product.sku === drawn);
      }),
    );
    const plain = pairs.map(([sku, drawn]) => topByCount(orders, sku).slice(0, 5).includes(drawn));
    const share = (hits: boolean[]) => hits.filter(Boolean).length / pairs.length;
    console.info(
      `affinities in the top 5 of ${count} products, ${days} days: ${share(together).toFixed(3)} of ${pairs.length}, by counts ${share(plain).toFixed(3)}`,
    );
    expect(share(plain)).toBeGreaterThanOrEqual(counted);
    expect(share(together)).toBeGreaterThanOrEqual(found);
    await amused.close();
  },
);

/** What is most often in one order with a product; of equals the one whose SKU comes first. */
function topByCount(orders: { lines: { sku: string }[] }[], sku: string): string[] {
  const counts = new Map<string, number>();
  for (const { lines } of orders) {
    const basket = new Set(lines.map((line) => line.sku));
    if (basket.has(sku))
      for (const other of basket) if (other !== sku) counts.set(other, (counts.get(other) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([other]) => other);
}
