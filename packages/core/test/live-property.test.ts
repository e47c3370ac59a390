import fc from "fast-check";
import { expect, test } from "vitest";
import { createAmused } from "../src/amused.ts";
import type { Product } from "../src/domain/product.ts";
import { isAmusedError } from "../src/errors.ts";
import type { Known } from "../src/live/follow.ts";
import { followProducts, type ProductEvent } from "../src/live/follow-products.ts";
import { memoryStore } from "../src/memory/store.ts";

const names = fc.constantFrom("Tea", "tea pot", "Émile", "Cup", "coffee");
const categories = fc.constantFrom("Tea", "Pot", null);
const quantities = fc.integer({ min: 0, max: 6 });
const prices = fc.constantFrom("1", "2.50", "10");
const which = fc.nat(9);

const commands = fc.oneof(
  fc.record({
    do: fc.constant("create" as const),
    name: names,
    category: categories,
    quantity: quantities,
    price: prices,
  }),
  fc.record({
    do: fc.constant("update" as const),
    which,
    changes: fc.record(
      { name: names, category: categories, price: prices, description: names },
      { requiredKeys: [] },
    ),
  }),
  fc.record({ do: fc.constant("sell" as const), which, quantity: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("return" as const), which, quantity: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("count" as const), which, quantity: quantities }),
  fc.record({ do: fc.constant("delete" as const), which }),
);

const queries = fc.record(
  {
    limit: fc.integer({ min: 1, max: 5 }),
    category: fc.constantFrom("Tea", "Pot"),
    search: fc.constantFrom("tea", "e", " "),
    maxQuantity: fc.integer({ min: 0, max: 5 }),
    sort: fc.constantFrom(
      ...(["name", "price", "quantity", "createdAt", "updatedAt"] as const),
      ...(["-name", "-price", "-quantity", "-createdAt", "-updatedAt"] as const),
    ),
  },
  { requiredKeys: [] },
);

// The clock goes back at times, as those of several processes do.
const ticks = fc.infiniteStream(fc.integer({ min: -2, max: 5 }));

test("what an event makes of a page is the page of the store at that event, for all filters and sorts", async () => {
  let certain = 0;
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(
      queries,
      fc.array(commands, { minLength: 5, maxLength: 30 }),
      ticks,
      async (query, all, tick) => {
        let time = Date.UTC(2026, 0, 1);
        const now = () => {
          time += tick.next().value;
          return new Date(time);
        };
        const amused = await createAmused({ store: memoryStore(), now });
        const shop = amused.seller("acme");
        const step = followProducts(query);
        const ids: number[] = [];
        const read = async () => {
          const { items, nextCursor, asOf } = await shop.products.list(query);
          return { known: { items, whole: nextCursor === null } as Known<Product>, asOf };
        };
        let { known, asOf } = await read();
        for (const command of all) {
          const id = ids[("which" in command ? command.which : 0) % Math.max(1, ids.length)] ?? 1;
          try {
            if (command.do === "create") {
              const { do: _, ...product } = command;
              ids.push((await shop.products.create(product)).id);
            }
            if (command.do === "update") await shop.products.update(id, command.changes);
            if (command.do === "sell")
              await shop.sales.record({ lines: [{ productId: id, quantity: command.quantity }] });
            if (command.do === "return")
              await shop.sales.return({ lines: [{ productId: id, quantity: command.quantity }] });
            if (command.do === "count") await shop.stock.count(id, { count: command.quantity, reason: "x" });
            if (command.do === "delete") await shop.products.delete(id);
          } catch (error) {
            if (!isAmusedError(error)) throw error;
          }
          for (const event of (await shop.events.list({ after: asOf })).items) {
            const next = step(known, event as ProductEvent);
            const model = await read();
            if (next === undefined) asked++;
            else {
              certain++;
              expect(next.items).toEqual(model.known.items);
              // A page that has become whole by what happened beyond it may not know that, but never the other way.
              if (next.whole) expect(model.known.whole).toBe(true);
            }
            known = next ?? model.known;
            asOf = event.id;
          }
        }
        await amused.close();
      },
    ),
    { numRuns: 300, seed: 7 },
  );
  expect(certain).toBeGreaterThan(asked);
  expect(asked).toBeGreaterThan(0);
});
