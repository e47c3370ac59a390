import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, line, sell } from "../commands.ts";
import { allEvents, allSales, outcome, refusal } from "../reading.ts";

export const sales: PromiseGroup = {
  about: "sales are told as they were made",
  promises: [
    {
      title: "a sale's rows and events say order, quantity, price, time and what remains",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { quantity: 9 });
        const b = await createProduct(store, sellerId, {
          quantity: 9,
          price: "300",
          currency: "JPY",
          decimals: 0,
        });
        const soldAt = "2025-06-01T08:30:00.250Z";
        const written = await sell(store, commandOf(sellerId), [line(b.id, 2), line(a.id, 1, "3.5")], {
          orderId: "o-1",
          soldAt,
        });
        const { sales } = written.body.value;
        const common = { orderId: "o-1", soldAt, createdAt: "2025-06-15T12:00:00.000Z" };
        expect(sales.map(({ id: _, ...sale }) => sale)).toEqual([
          { productId: b.id, quantity: 2, price: "300", ...common },
          { productId: a.id, quantity: 1, price: "3.50", ...common },
        ]);
        expect(written.position?.seq).toBe(4);
        const facts = (await allEvents(store, sellerId))
          .slice(2)
          .map(({ type, productId, payload }) => ({ type, productId, payload }));
        expect(facts).toEqual([
          {
            type: "sale.recorded",
            productId: b.id,
            payload: { orderId: "o-1", quantity: 2, price: "300", remaining: 7, soldAt },
          },
          {
            type: "sale.recorded",
            productId: a.id,
            payload: { orderId: "o-1", quantity: 1, price: "3.50", remaining: 8, soldAt },
          },
        ]);
        expect((await allSales(store, sellerId)).map(({ id }) => id).sort((x, y) => x - y)).toEqual(
          sales.map(({ id }) => id).sort((x, y) => x - y),
        );
      },
    },
    {
      title: "a return brings goods back: a negative row, a positive fact",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 0 });
        const written = await sell(store, commandOf(sellerId), [line(id, 2)], {
          kind: "return",
          orderId: "o-1",
        });
        expect(written.body.value.sales).toMatchObject([
          { productId: id, quantity: -2, price: "4.90", orderId: "o-1" },
        ]);
        expect((await allEvents(store, sellerId)).at(-1)).toMatchObject({
          type: "sale.returned",
          payload: { quantity: 2, remaining: 2 },
        });
        expect((await store.products.find(sellerId, id))?.body.value.quantity).toBe(2);
      },
    },
    {
      title: "a price finer than the currency is refused, naming its line",
      async keep({ store, seller }) {
        const sellerId = seller();
        const yen = await createProduct(store, sellerId, {
          quantity: 5,
          price: "300",
          currency: "JPY",
          decimals: 0,
        });
        const dollar = await createProduct(store, sellerId, { quantity: 5 });
        const lines = [line(dollar.id, 1, "1.99"), line(yen.id, 1, "1.5"), line(dollar.id, 1, "1.995")];
        expect(await refusal(sell(store, commandOf(sellerId), lines))).toMatchObject({
          code: "invalid_request",
          errors: [{ path: "lines.1.price" }, { path: "lines.2.price" }],
        });
        expect(await allEvents(store, sellerId)).toHaveLength(2);
      },
    },
    {
      title: "lists are filtered by product and by time, the start included, the end not",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, { quantity: 9 });
        const b = await createProduct(store, sellerId, { quantity: 9 });
        const at = (day: number, product = a.id) =>
          sell(store, commandOf(sellerId), [line(product, 1)], {
            orderId: `day ${day}`,
            soldAt: `2025-06-0${day}T00:00:00.000Z`,
          });
        for (const day of [1, 2, 3]) await at(day);
        await at(2, b.id);
        const list = async (productId: number | null, from: string | null, before: string | null) => {
          const rows = await store.sales.list(sellerId, { productId, from, before, limit: 9, after: null });
          return rows.body.value.map((sale) => `${sale.orderId} ${sale.productId === a.id ? "a" : "b"}`);
        };
        expect(await list(null, null, null)).toEqual(["day 3 a", "day 2 b", "day 2 a", "day 1 a"]);
        expect(await list(a.id, null, null)).toEqual(["day 3 a", "day 2 a", "day 1 a"]);
        expect(await list(null, "2025-06-02T00:00:00.000Z", "2025-06-03T00:00:00.000Z")).toEqual([
          "day 2 b",
          "day 2 a",
        ]);
        expect(await list(b.id, "2025-06-02T00:00:00.001Z", null)).toEqual([]);
        expect(
          await outcome(
            store.sales.list(sellerId, {
              productId: 999_999_999,
              from: null,
              before: null,
              limit: 1,
              after: null,
            }),
          ),
        ).toBe("not_found");
      },
    },
    {
      title: "daily history has every day of the span, with exact revenue",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(
          store,
          sellerId,
          { quantity: 2_000_000_000, price: "0.10" },
          { at: new Date("2025-05-01T00:00:00.000Z") },
        );
        const on = (
          soldAt: string,
          quantity: number,
          price: string | null,
          kind: "sale" | "return" = "sale",
        ) => sell(store, commandOf(sellerId), [line(id, quantity, price)], { soldAt, kind });
        await on("2025-06-01T00:00:00.000Z", 3, null);
        await on("2025-06-01T23:59:59.999Z", 1, "0.20");
        await on("2025-06-03T12:00:00.000Z", 2, "5.00", "return");
        await on("2025-06-04T12:00:00.000Z", 1_000_000_000, "9999999999.99");
        await on("2025-06-04T12:00:00.000Z", 1, "0.01");
        await on("2025-05-31T23:59:59.999Z", 7, null);
        await on("2025-06-05T00:00:00.000Z", 7, null);
        const days = await store.sales.daily(sellerId, id, "2025-06-01", "2025-06-04");
        expect(days?.body.value).toEqual([
          { date: "2025-06-01", quantity: 4, revenue: "0.50", stockedOut: false },
          { date: "2025-06-02", quantity: 0, revenue: "0.00", stockedOut: false },
          { date: "2025-06-03", quantity: -2, revenue: "-10.00", stockedOut: false },
          {
            date: "2025-06-04",
            quantity: 1_000_000_001,
            revenue: "9999999999990000000.01",
            stockedOut: false,
          },
        ]);
        expect(await store.sales.daily(sellerId, 999_999_999, "2025-06-01", "2025-06-02")).toBeNull();
        const yen = await createProduct(store, sellerId, {
          price: "5",
          currency: "JPY",
          decimals: 0,
          quantity: 2,
        });
        await sell(store, commandOf(sellerId), [line(yen.id, 2)]);
        const day = await store.sales.daily(sellerId, yen.id, "2025-06-15", "2025-06-15");
        expect(day?.body.value).toMatchObject([{ revenue: "10" }]);
      },
    },
    {
      title: "a day is out of stock when the ledger knows a moment of it without stock",
      async keep({ store, seller }) {
        const sellerId = seller();
        const on = (time: string) => commandOf(sellerId, { at: new Date(time) });
        const made = await createProduct(store, sellerId, { quantity: 5 }, on("2025-03-02T10:00:00.000Z"));
        const { id } = made;
        await adjust(store, on("2025-03-04T10:00:00.000Z"), id, -5); // out
        await adjust(store, on("2025-03-06T10:00:00.000Z"), id, 3); // in again
        await adjust(store, on("2025-03-08T10:00:00.000Z"), id, -3); // out for a moment
        await adjust(store, on("2025-03-08T10:00:01.000Z"), id, 1);
        await store.products.update(on("2025-03-09T10:00:00.000Z"), editOf(made, { name: "Other" }));
        await sell(store, on("2025-03-10T10:00:00.000Z"), [line(id, 1)]); // out, for good
        const out = async (from: string, to: string) => {
          const days = (await store.sales.daily(sellerId, id, from, to))?.body.value ?? [];
          return days.filter(({ stockedOut }) => stockedOut).map(({ date }) => date.slice(8));
        };
        expect(await out("2025-03-01", "2025-03-12")).toEqual(["04", "05", "06", "08", "10", "11", "12"]);
        expect(await out("2025-03-05", "2025-03-05"), "it began before the span").toEqual(["05"]);
        expect(await out("2025-03-12", "2025-03-12")).toEqual(["12"]);
        expect(await out("9990-01-01", "9990-01-03"), "the future is not known").toEqual([]);
        const never = await createProduct(store, sellerId, { quantity: 0 }, on("2025-03-02T10:00:00.000Z"));
        const days = await store.sales.daily(sellerId, never.id, "2025-03-01", "2025-03-03");
        expect(
          days?.body.value.map(({ stockedOut }) => stockedOut),
          "what never was in stock did not run out",
        ).toEqual([false, false, false]);
      },
    },
  ],
};
