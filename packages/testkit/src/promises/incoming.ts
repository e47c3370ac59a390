import type { IncomingRow, IncomingStock, Repositories } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, keyed, later, line, sell } from "../commands.ts";
import { all, allEvents, allIncoming, canonical, dump, ledgerOf, outcome, refusal } from "../reading.ts";

/** Notes goods on their way: ten, for the next day. */
async function order(
  store: Repositories,
  sellerId: string,
  productId: number,
  changes: Partial<IncomingRow> = {},
): Promise<IncomingStock> {
  const row = { productId, quantity: 10, expectedOn: "2025-06-16", reference: null, ...changes };
  return (await store.incoming.create(commandOf(sellerId), row)).body.value;
}

export const incoming: PromiseGroup = {
  about: "goods on their way",
  promises: [
    {
      title: "are what was last said of them, in answers, alone, in the list and in events",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const reference = `PO "7" \\ é 😀 \u2028`;
        const row = { productId: tea.id, quantity: 1_000_000_000, expectedOn: "9999-12-31", reference };
        const made = await store.incoming.create(commandOf(sellerId), row);
        const times = { createdAt: "2025-06-15T12:00:00.000Z", updatedAt: "2025-06-15T12:00:00.000Z" };
        const goods = { id: made.body.value.id, ...row, received: 0, state: "open", ...times };
        expect(JSON.parse(made.body.text)).toEqual(goods);
        const read = async () => (await store.incoming.find(sellerId, goods.id))?.body.value;
        expect(await read()).toEqual(goods);
        expect((await store.incoming.find(sellerId, goods.id))?.head).toEqual(made.position);
        expect(await allIncoming(store, sellerId)).toEqual([goods]);

        const edit = { quantity: 5, expectedOn: "2025-01-02", reference: null };
        const edited = await store.incoming.update(commandOf(sellerId, { at: later(7) }), goods.id, edit);
        const changed = { ...goods, ...edit, updatedAt: later(7).toISOString() };
        expect(edited.body.value).toEqual(changed);
        for (const nothing of [{}, { quantity: 5 }, edit]) {
          const same = await store.incoming.update(commandOf(sellerId, { at: later(9) }), goods.id, nothing);
          expect([same.position, same.body.value]).toEqual([null, changed]);
        }
        const dated = await store.incoming.update(commandOf(sellerId), goods.id, {
          expectedOn: "2025-07-01",
        });
        expect(dated.body.value).toEqual({
          ...changed,
          expectedOn: "2025-07-01",
          updatedAt: times.updatedAt,
        });
        expect(await read()).toEqual(dated.body.value);
        expect((await store.incoming.cancel(commandOf(sellerId), goods.id)).body.value).toBeNull();
        const told = (await allEvents(store, sellerId)).slice(1);
        expect(told.map(({ type, productId, payload }) => [type, productId, payload.incoming])).toEqual([
          ["incoming.created", tea.id, goods],
          ["incoming.updated", tea.id, changed],
          ["incoming.updated", tea.id, dated.body.value],
          ["incoming.cancelled", tea.id, { ...dated.body.value, state: "cancelled" }],
        ]);
        expect(await read()).toEqual(told[3]?.payload.incoming);
      },
    },
    {
      title: "raise the stock by what came, with a line in the ledger, and stay open while some is to come",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId, { quantity: 3 });
        const { id } = await order(store, sellerId, tea.id, { reference: "PO 7" });
        const at = later(60_000);
        const part = await store.incoming.receive(commandOf(sellerId, { at }), id, 4);
        const time = at.toISOString();
        expect(part.body.value.incoming).toMatchObject({ id, received: 4, state: "open", updatedAt: time });
        expect(part.body.value.product).toEqual({ ...tea, quantity: 7, updatedAt: time });
        const line = { delta: 4, quantity: 7, reason: "received", actor: "tester", cause: "PO 7" };
        expect(part.body.value.movement).toMatchObject({ productId: tea.id, ...line, createdAt: time });
        expect(part.revision).toBe((await store.products.find(sellerId, tea.id))?.revision);
        const less = refusal(store.incoming.update(commandOf(sellerId), id, { quantity: 4 }));
        expect(await less).toMatchObject({ code: "conflict", state: "open", received: 4 });

        const rest = await store.incoming.receive(commandOf(sellerId), id, null);
        expect(rest.body.value.incoming).toMatchObject({ received: 10, state: "received" });
        const ledger = await ledgerOf(store, sellerId, tea.id);
        expect(ledger.slice(1)).toEqual([part.body.value.movement, rest.body.value.movement]);
        expect((await store.products.find(sellerId, tea.id))?.body.value.quantity).toBe(13);
        const told = (await allEvents(store, sellerId)).slice(2);
        expect(told.map(({ type }) => type)).toEqual(
          [1, 2].flatMap(() => ["stock.adjusted", "incoming.received"]),
        );
        expect(told[0]?.payload).toEqual({ delta: 4, quantity: 7, reason: "received", actor: "tester" });
        expect(told[3]?.payload).toEqual({ incoming: rest.body.value.incoming });
        expect(rest.position?.seq).toBe(6);

        const more = await order(store, sellerId, tea.id);
        const { body } = await store.incoming.receive(commandOf(sellerId), more.id, 12);
        expect(body.value.incoming).toMatchObject({ quantity: 10, received: 12, state: "received" });
        expect(body.value.movement).toMatchObject({ delta: 12, cause: `incoming:${more.id}` });
      },
    },
    {
      title: "refuse what can not be, and change nothing by it",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const gone = await createProduct(store, sellerId);
        const [come, off, open] = await Promise.all([1, 2, 3].map(() => order(store, sellerId, tea.id)));
        const left = await order(store, sellerId, gone.id);
        if (come === undefined || off === undefined || open === undefined) return expect.fail();
        await store.incoming.receive(commandOf(sellerId), come.id, null);
        await store.incoming.cancel(commandOf(sellerId), off.id);
        await store.products.delete(commandOf(sellerId), gone.id, null);
        const before = canonical(await dump(store, sellerId));
        const { incoming } = store;
        for (const [id, code, state] of [
          [come.id, "conflict", "received"],
          [off.id, "conflict", "cancelled"],
          [999_999_999, "not_found", undefined],
        ] as const)
          for (const refused of [
            () => incoming.update(keyed(sellerId, "a"), id, { quantity: 20 }),
            () => incoming.receive(keyed(sellerId, "b"), id, 1),
            () => incoming.cancel(keyed(sellerId, "c"), id),
          ])
            expect(await refusal(refused())).toMatchObject({ code, ...(state && { state }) });
        expect(await outcome(order(store, sellerId, 999_999_999))).toBe("not_found");
        expect(await outcome(order(store, sellerId, gone.id))).toBe("not_found");
        expect(await outcome(incoming.receive(commandOf(sellerId), left.id, 1))).toBe("not_found");
        expect(await incoming.find(sellerId, 999_999_999)).toBeNull();
        const page = { productId: 999_999_999, state: null, limit: 9, after: null };
        expect(await outcome(incoming.list(sellerId, page))).toBe("not_found");
        const failed = store.transaction(async (transaction) => {
          await transaction.incoming.receive(commandOf(sellerId), open.id, 3);
          await transaction.incoming.cancel(commandOf(sellerId), open.id);
          throw new Error("undo");
        });
        await expect(failed).rejects.toThrow("undo");
        expect(canonical(await dump(store, sellerId))).toBe(before);

        await incoming.cancel(commandOf(sellerId), left.id);
        expect((await incoming.find(sellerId, left.id))?.body.value.state, "of a deleted product").toBe(
          "cancelled",
        );
      },
    },
    {
      title: "come in once, however many take them in at once, and beside sales of the same product",
      async keep({ store, stores, seller, sizes }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId, { quantity: sizes.retries });
        const [whole, parts, kept] = await Promise.all(
          [10, sizes.retries, 10].map((quantity) => order(store, sellerId, tea.id, { quantity })),
        );
        if (whole === undefined || parts === undefined || kept === undefined) return expect.fail();
        const ends = await Promise.all(
          Array.from({ length: sizes.retries }, async (_, n) => {
            const { incoming, ...others } = stores[n % stores.length] ?? store;
            const take = (id: number, quantity: number | null) =>
              outcome(incoming.receive(commandOf(sellerId), id, quantity));
            return Promise.all([
              take(whole.id, null),
              take(parts.id, 1),
              outcome(incoming.receive(keyed(sellerId, "kept"), kept.id, 7)),
              outcome(sell({ incoming, ...others }, commandOf(sellerId), [line(tea.id, 1)])),
            ]);
          }),
        );
        const count = (at: number, code: string) => ends.filter((end) => end[at] === code).length;
        expect([count(0, "done"), count(0, "conflict")]).toEqual([1, sizes.retries - 1]);
        expect([1, 2, 3].map((at) => count(at, "done"))).toEqual([1, 2, 3].map(() => sizes.retries));
        const states = (await allIncoming(store, sellerId)).map(({ id, received, state }) => [
          ...[id, received, state],
        ]);
        expect(states.toSorted()).toEqual(
          [
            [whole.id, 10, "received"],
            [parts.id, sizes.retries, "received"],
            [kept.id, 7, "open"],
          ].toSorted(),
        );
        const ledger = await ledgerOf(store, sellerId, tea.id);
        const quantity = ledger.reduce((sum, { delta }) => sum + delta, 0);
        expect((await store.products.find(sellerId, tea.id))?.body.value.quantity).toBe(quantity);
        expect(quantity, "all sold, and all that came").toBe(10 + sizes.retries + 7);
      },
    },
    {
      title: "are changed by one at a time: what comes and what is cancelled do not both happen",
      async keep({ store, stores, seller, sizes }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        for (let run = 0; run < sizes.runs; run++) {
          const { id } = await order(store, sellerId, tea.id);
          const had = (await store.products.find(sellerId, tea.id))?.body.value.quantity ?? 0;
          const [a, b] = [stores[0], stores.at(-1) ?? store];
          const ends = await Promise.all([
            outcome(a.incoming.receive(commandOf(sellerId), id, null)),
            outcome(b.incoming.cancel(commandOf(sellerId), id)),
            outcome(a.incoming.update(commandOf(sellerId), id, { expectedOn: "2025-06-20" })),
            outcome(adjust(b, commandOf(sellerId), tea.id, 1)),
          ]);
          expect(ends.slice(0, 2).toSorted()).toEqual(["conflict", "done"]);
          const came = ends[0] === "done" ? 10 : 0;
          expect((await store.incoming.find(sellerId, id))?.body.value).toMatchObject({
            ...{ received: came, state: came > 0 ? "received" : "cancelled" },
            expectedOn: ends[2] === "done" ? "2025-06-20" : "2025-06-16",
          });
          expect((await store.products.find(sellerId, tea.id))?.body.value.quantity).toBe(had + came + 1);
        }
      },
    },
    {
      title:
        "are listed by the day they are expected on while they are open, behind them the rest, latest first",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [tea, pot] = [await createProduct(store, sellerId), await createProduct(store, sellerId)];
        const days = ["2025-07-01", "1999-12-31", "2025-06-20", "2025-06-20", "2026-01-01", "0001-01-01"];
        const ids: number[] = [];
        for (const [n, expectedOn] of days.entries())
          ids.push((await order(store, sellerId, n % 2 ? pot.id : tea.id, { expectedOn })).id);
        const listed = async (productId: number | null = null, state: IncomingStock["state"] | null = null) =>
          (await all((page) => store.incoming.list(sellerId, { productId, state, ...page }), 2)).map(
            ({ id }) => ids.indexOf(id),
          );
        expect(await listed()).toEqual([5, 1, 2, 3, 0, 4]);
        await store.incoming.receive(commandOf(sellerId), ids[2] as number, null);
        await store.incoming.cancel(commandOf(sellerId), ids[4] as number);
        await store.incoming.cancel(commandOf(sellerId), ids[5] as number);
        expect(await listed()).toEqual([1, 3, 0, 4, 2, 5]);
        expect(await listed(pot.id)).toEqual([1, 3, 5]);
        expect(await listed(null, "open")).toEqual([1, 3, 0]);
        expect(await listed(tea.id, "cancelled")).toEqual([4]);
      },
    },
    {
      title: "are in a product's demand with what is still to come, by days, until they are closed",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [tea, pot] = [await createProduct(store, sellerId), await createProduct(store, sellerId)];
        const late = await order(store, sellerId, tea.id, { expectedOn: "2025-05-01", quantity: 7 });
        for (const quantity of [3, 5]) await order(store, sellerId, tea.id, { quantity });
        const far = await order(store, sellerId, tea.id, { expectedOn: "2025-12-24", quantity: 2 });
        await store.incoming.receive(commandOf(sellerId), late.id, 6);
        const expected = async () => {
          const span = { productIds: [tea.id, pot.id], from: "2025-06-14", to: "2025-06-14" };
          const { products } = await store.demand.read(sellerId, span);
          return products.map(({ incoming }) => incoming);
        };
        const days = [
          { expectedOn: "2025-05-01", quantity: 1 },
          { expectedOn: "2025-06-16", quantity: 8 },
          { expectedOn: "2025-12-24", quantity: 2 },
        ];
        expect(await expected()).toEqual([days, []]);
        await store.incoming.receive(commandOf(sellerId), late.id, null);
        await store.incoming.cancel(commandOf(sellerId), far.id);
        expect(await expected()).toEqual([days.slice(1, 2), []]);
      },
    },
  ],
};
