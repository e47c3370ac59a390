import type { Movement } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, line, sell } from "../commands.ts";
import { random } from "../random.ts";
import { allEvents, ledgerOf } from "../reading.ts";

export const demand: PromiseGroup = {
  about: "demand is read for a batch of products",
  promises: [
    {
      title: "units are those sold on each day of the span; what came back takes none away",
      async keep({ store, seller }) {
        const sellerId = seller();
        const at = new Date("2025-06-02T10:00:00.000Z");
        const described = { price: "12.50", leadTimeDays: 9, reorderPoint: 4, category: "Tea" };
        const rules = { serviceLevel: 0.975, packSize: 6, minimumOrder: 24 };
        const bare = {
          leadTimeDays: null,
          serviceLevel: null,
          packSize: null,
          minimumOrder: null,
          incoming: [],
        };
        const tea = await createProduct(store, sellerId, { quantity: 90, ...described, ...rules }, { at });
        const pot = await createProduct(store, sellerId, { quantity: 0 }, { at });
        const cup = await createProduct(store, sellerId, { quantity: 50 }, { at });
        const on = (soldAt: string, quantity: number, kind: "sale" | "return" = "sale", id = tea.id) =>
          sell(store, commandOf(sellerId, { at }), [line(id, quantity)], { soldAt, kind });
        await on("2025-06-03T00:00:00.000Z", 3);
        await on("2025-06-03T23:59:59.999Z", 2);
        await on("2025-06-03T12:00:00.000Z", 4, "return");
        await on("2025-06-05T12:00:00.000Z", 5, "return");
        await on("2025-06-06T12:00:00.000Z", 7);
        await on("2025-06-02T23:59:59.999Z", 11);
        await on("2025-06-07T00:00:00.000Z", 13);
        await on("2025-06-04T12:00:00.000Z", 1, "sale", cup.id);

        const span = { from: "2025-06-03", to: "2025-06-06" };
        const asked = { productIds: [cup.id, pot.id, tea.id, 999_999_999], ...span };
        const read = await store.demand.read(sellerId, asked);
        const events = await allEvents(store, sellerId);
        expect(read.basedOn, "the log's head").toBe(events.length);
        const never = [false, false, false, false];
        expect(read.products).toEqual([
          {
            ...{ productId: tea.id, firstDay: "2025-06-02", units: [5, 0, 0, 7], stockedOut: never },
            ...{ quantity: 63, ...described, ...rules, incoming: [] },
          },
          {
            ...{ productId: pot.id, firstDay: null, units: [0, 0, 0, 0], stockedOut: never, quantity: 0 },
            ...{ price: "4.90", ...bare, reorderPoint: null, category: null },
          },
          {
            ...{ productId: cup.id, firstDay: "2025-06-02", units: [0, 1, 0, 0], stockedOut: never },
            ...{ quantity: 49, price: "4.90", ...bare, reorderPoint: null, category: null },
          },
        ]);
        const days = async (from: string, to: string) =>
          (await store.demand.read(sellerId, { productIds: [tea.id], from, to })).products[0]?.units;
        expect(await days("2025-06-07", "2025-06-07")).toEqual([13]);

        await store.products.delete(commandOf(sellerId), cup.id, null);
        const left = await store.demand.read(sellerId, asked);
        expect(left.products.map(({ productId }) => productId)).toEqual([tea.id, pot.id]);
        expect(await store.demand.read(seller(), asked)).toEqual({ basedOn: 0, products: [] });
      },
    },
    {
      title: "a product begins with its first movement, or with a sale of before that was imported",
      async keep({ store, seller }) {
        const sellerId = seller();
        const at = new Date("2025-06-10T23:59:59.999Z");
        const { id } = await createProduct(store, sellerId, { quantity: 1 }, { at });
        const first = async () => {
          const span = { productIds: [id], from: "2025-06-15", to: "2025-06-15" };
          return (await store.demand.read(sellerId, span)).products[0]?.firstDay;
        };
        expect(await first()).toBe("2025-06-10");
        const bring = (soldAt: string, quantity: number) =>
          store.sales.import(
            commandOf(sellerId),
            "00000000-0000-4000-8000-00000000000d",
            [{ productId: id, orderId: null, quantity, price: "1.00", soldAt }],
            false,
          );
        await bring("2025-01-01T00:00:00.000Z", -1);
        expect(await first(), "a return is no beginning").toBe("2025-06-10");
        await bring("2025-03-02T00:00:00.000Z", 2);
        await bring("2025-03-04T00:00:00.000Z", 2);
        expect(await first()).toBe("2025-03-02");
      },
    },
    {
      title: "a day is out of stock where a moment of it without stock is in the ledger, whatever the span",
      async keep({ store, seller, sizes, seed }) {
        const sellerId = seller();
        const next = random(seed);
        const day = (n: number) => `2025-03-${String(n).padStart(2, "0")}`;
        const ids: number[] = [];
        for (let n = 0; n < sizes.runs; n++) {
          const at = new Date(`${day(2)}T10:00:00.000Z`);
          const { id } = await createProduct(store, sellerId, { quantity: next.int(0, 2) }, { at });
          ids.push(id);
          let ms = at.getTime();
          for (let step = 0; step < sizes.steps; step++) {
            ms += next.int(1, 40) * 3_600_000;
            const have = (await store.products.find(sellerId, id))?.body.value.quantity ?? 0;
            const delta = have === 0 || next.int(0, 2) === 0 ? next.int(1, 2) : -next.int(1, have);
            await adjust(store, commandOf(sellerId, { at: new Date(ms) }), id, delta);
          }
        }
        for (const [from, to] of [
          [1, 28],
          [5, 9],
          [12, 12],
        ] as const) {
          const read = await store.demand.read(sellerId, { productIds: ids, from: day(from), to: day(to) });
          for (const { productId, stockedOut } of read.products) {
            const ledger = await ledgerOf(store, sellerId, productId);
            const expected = stockedOut.map((_, n) => isOut(ledger, day(from + n)));
            expect(stockedOut, `product ${productId}, ${day(from)}–${day(to)}`).toEqual(expected);
          }
          expect(read.products).toHaveLength(ids.length);
        }
        const future = { productIds: ids, from: "9990-01-01", to: "9990-01-02" };
        for (const { stockedOut } of (await store.demand.read(sellerId, future)).products)
          expect(stockedOut, "the future is not known").toEqual([false, false]);
      },
    },
    {
      title:
        "a pass over a catalogue meets each product that is not deleted once, and each seller that has one",
      async keep({ store, seller }) {
        const [a, b, none] = [seller(), seller(), seller()];
        const ids: number[] = [];
        for (let n = 0; n < 5; n++) ids.push((await createProduct(store, a)).id);
        await createProduct(store, b);
        const gone = await createProduct(store, none);
        await store.products.delete(commandOf(none), gone.id, null);
        await store.products.delete(commandOf(a), ids[1] as number, null);
        const met: number[] = [];
        for (let page = [0]; page.length > 0; met.push(...page))
          page = await store.demand.active(a, { after: met.at(-1) ?? 0, limit: 2 });
        expect(met).toEqual(ids.filter((_, n) => n !== 1));

        const sellers: string[] = [];
        for (let page = [""]; page.length > 0; sellers.push(...page)) {
          page = await store.demand.sellers({ after: sellers.at(-1) ?? "", limit: 3 });
          expect(page.length).toBeLessThanOrEqual(3);
        }
        expect(sellers).toEqual([...new Set(sellers)].sort());
        expect(sellers.filter((id) => [a, b, none].includes(id))).toEqual([a, b]);
      },
    },
  ],
};

/** Whether a product was without stock at some moment of a day in the past: from a movement to 0 until the next one. */
function isOut(ledger: Movement[], day: string): boolean {
  return ledger.some(
    ({ quantity, createdAt }, n) =>
      quantity === 0 &&
      createdAt.slice(0, 10) <= day &&
      day <= (ledger[n + 1]?.createdAt.slice(0, 10) ?? "9000"),
  );
}
