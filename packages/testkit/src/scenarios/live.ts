import type { Product, Seller } from "@amused/core";
import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

/** Writes of all kinds, one after the other; some are refused, which is as good. */
async function trade(shop: Seller, products: readonly Product[], rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const { id } = products[i % products.length] as Product;
    await Promise.all([
      shop.sales.record({ lines: [{ productId: id, quantity: (i % 3) + 1 }] }).catch(() => {}),
      shop.stock.adjust(id, { adjust: (i % 5) + 1, reason: "found" }).catch(() => {}),
    ]);
    if (i % 4 === 0) await shop.products.create({ name: `New ${i}`, quantity: i % 7, category: "Tea" });
    if (i % 5 === 0)
      await shop.products.update(id, { price: `${i}.50`, name: `Renamed ${i}` }).catch(() => {});
    if (i % 9 === 8) await shop.products.delete(id).catch(() => {});
  }
}

async function stocked(shop: Seller, count: number): Promise<Product[]> {
  const made: Product[] = [];
  for (let i = 0; i < count; i++)
    made.push(
      await shop.products.create({ name: `Tea ${i}`, quantity: 5 + i, category: i % 2 ? "Tea" : "Pot" }),
    );
  return made;
}

/** Waits for something that is sure to come, however slow the machine. */
async function until(met: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await met()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("It did not come.");
}

export function liveScenarios(newShop: NewShop): void {
  describe("live", () => {
    test("a page and the stream from its cursor end in the right state, whatever is written meanwhile", async () => {
      const shop = await newShop();
      const products = await stocked(shop, 6);
      const writing = trade(shop, products, 20);
      const { items, asOf } = await shop.products.list({ limit: 200 });
      const known = new Map(items.map((product) => [product.id, product.quantity]));
      await writing;
      const end = (await shop.products.list({ limit: 200 })) as { items: Product[]; asOf: string };
      const stop = new AbortController();
      if (end.asOf !== asOf)
        for await (const event of shop.events.subscribe({ from: asOf, signal: stop.signal })) {
          if (event.type === "product.created")
            known.set(event.payload.product.id, event.payload.product.quantity);
          if (event.type === "product.deleted") known.delete(event.payload.product.id);
          if (event.type === "stock.adjusted") known.set(Number(event.productId), event.payload.quantity);
          if (event.type === "sale.recorded") known.set(Number(event.productId), event.payload.remaining);
          if ("id" in event && event.id === end.asOf) stop.abort();
        }
      expect([...known].sort(([a], [b]) => a - b)).toEqual(
        end.items.map(({ id, quantity }) => [id, quantity]),
      );
    });

    test("lists show what the store has, once the writing is over", async () => {
      const shop = await newShop();
      const products = await stocked(shop, 8);
      const queries = [
        {},
        { limit: 3 },
        { sort: "-quantity", limit: 4 },
        { sort: "name", limit: 5 },
        { sort: "-updatedAt", limit: 5 },
        { category: "Tea", maxQuantity: 9, sort: "price" },
        { search: "new" },
      ] as const;
      const lists = queries.map((query) => shop.products.live(query));
      const leave = lists.map((list) => list.subscribe(() => {}));
      await trade(shop, products, 25);
      for (const [index, query] of queries.entries()) {
        const wanted = JSON.stringify((await shop.products.list(query)).items);
        await until(async () => JSON.stringify(lists[index]?.get().items) === wanted).catch(() => {});
        expect(lists[index]?.get()).toMatchObject({ status: "live", items: JSON.parse(wanted) });
      }
      for (const stop of leave) stop();
      expect(lists.map((list) => list.get().status)).toEqual(queries.map(() => "idle"));
    });

    test("lists are loops too: they begin with what is there, and end with their signal", async () => {
      const shop = await newShop();
      const stop = new AbortController();
      const { id } = await shop.products.create({ name: "Tea", quantity: 5 });
      const seen: (number | undefined)[] = [];
      for await (const [tea] of shop.products.live({}, { signal: stop.signal })) {
        seen.push(tea?.quantity);
        if (seen.length === 3) stop.abort();
        else if (seen.length === 1) await shop.sales.record({ lines: [{ productId: id, quantity: 2 }] });
        else await shop.products.delete(id);
      }
      expect(seen).toEqual([5, 3, undefined]);
    });

    test("lists say what can not be listed, in a loop and as a state", async () => {
      const shop = await newShop();
      const list = shop.products.live({ limit: 1000 });
      const first = async () => {
        for await (const items of list) return items;
        return [];
      };
      await expectFaults(first(), ["limit"]);
      const leave = list.subscribe(() => {});
      await until(async () => list.get().status === "failed");
      await expectError(Promise.reject(list.get().error), "invalid_request");
      leave();
    });
  });
}
