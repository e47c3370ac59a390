import {
  type Alert,
  acknowledged,
  activeStates,
  ended,
  type ProductKey,
  reopened,
  resolved,
  type Store,
  snoozed,
} from "@amused/core";
import { expect } from "vitest";
import { alertDraft, raise, step } from "../alerting.ts";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, later } from "../commands.ts";
import { all, outcome } from "../reading.ts";

const iso = (ms: number) => later(ms).toISOString();
const day = 86_400_000;

/** Products of these sellers that are due at a moment, page by page. */
async function due(store: Store, sellers: string[], ms: number): Promise<number[]> {
  const found: number[] = [];
  const request = { now: later(ms), clearSince: later(ms - day), limit: 2 };
  for (let after: ProductKey | null = null; ; ) {
    const page: ProductKey[] = await store.alerts.due({ ...request, after });
    for (const { sellerId, productId } of page) if (sellers.includes(sellerId)) found.push(productId);
    if (page.length < 2) return found;
    after = page.at(-1) ?? null;
  }
}

export const alertPasses: PromiseGroup = {
  about: "alerts are listed, and woken when it is their time",
  promises: [
    {
      title: "the newest come first, by state, kind and product, page by page",
      async keep({ store, seller }) {
        const sellerId = seller();
        const products = [await createProduct(store, sellerId), await createProduct(store, sellerId)];
        const made: Alert[] = [];
        for (const { id } of products)
          for (const kind of ["low_stock", "out_of_stock"] as const)
            made.push(...((await raise(store, sellerId, [alertDraft(id, { kind })])) ?? []));
        const [a, b, c, d] = made as [Alert, Alert, Alert, Alert];
        await step(store, sellerId, [acknowledged(a, null, iso(1)), snoozed(b, iso(9))]);
        await step(store, sellerId, [ended(d, "cause_gone", iso(1))]);
        const listed = async (filter: Partial<Parameters<Store["alerts"]["list"]>[1]>, limit = 2) =>
          (
            await all(
              (page) =>
                store.alerts.list(sellerId, {
                  states: null,
                  kind: null,
                  productId: null,
                  ...filter,
                  ...page,
                }),
              limit,
            )
          ).map(({ id }) => id);
        expect(await listed({})).toEqual([d.id, c.id, b.id, a.id]);
        expect(await listed({ ids: [a.id, 999_999_999, d.id, a.id] }, 1)).toEqual([d.id, a.id]);
        expect(await listed({ ids: [a.id, b.id], states: ["snoozed"] })).toEqual([b.id]);
        expect(await listed({ states: activeStates })).toEqual([c.id, b.id, a.id]);
        expect(await listed({ states: ["withdrawn", "snoozed"] })).toEqual([d.id, b.id]);
        expect(await listed({ kind: "low_stock" }, 1)).toEqual([c.id, a.id]);
        expect(await listed({ productId: products[0]?.id ?? 0, kind: "low_stock" })).toEqual([a.id]);
        expect(await listed({ kind: "order_due" })).toEqual([]);
        expect(await outcome(listed({ productId: 999_999_999 }))).toBe("not_found");
        await store.products.delete(commandOf(sellerId), products[1]?.id ?? 0, null);
        expect(await listed({ productId: products[1]?.id ?? 0 }), "what was stays").toEqual([d.id, c.id]);
      },
    },
    {
      title:
        "due are those whose snooze is over, and those that are current and clear for long enough; each product once",
      async keep({ store, seller }) {
        const sellers = [seller(), seller()].toSorted();
        const ids: number[] = [];
        const made: Alert[] = [];
        for (const sellerId of sellers)
          for (let n = 0; n < 2; n++) {
            const { id } = await createProduct(store, sellerId);
            const drafts = [alertDraft(id), alertDraft(id, { kind: "out_of_stock" })];
            made.push(...((await raise(store, sellerId, drafts)) ?? []));
            ids.push(id);
          }
        const [first = "", second = ""] = sellers;
        const [a, b, c, , e, , g] = made as Alert[];
        const [one, two, three, four] = ids;
        expect(await due(store, sellers, day)).toEqual([]);
        const both = [snoozed(a as Alert, iso(10)), snoozed(b as Alert, iso(5))];
        const [woken] = (await step(store, first, both)) as [Alert, Alert];
        await store.alerts.observe(first, [{ ...(c as Alert), clearSince: iso(7 - day) }]);
        await step(store, second, [snoozed(e as Alert, iso(6))]);
        // Resolved by hand: it is looked at, so that another may come.
        await step(store, second, [resolved(g as Alert, null, iso(0))]);
        await store.alerts.observe(second, [{ ...(g as Alert), version: 2, clearSince: iso(8 - day) }]);
        expect(await due(store, sellers, 4)).toEqual([]);
        expect(await due(store, sellers, 5)).toEqual([one]);
        expect(await due(store, sellers, 7)).toEqual([one, two, three]);
        expect(await due(store, sellers, 10)).toEqual([one, two, three, four]);

        const snooze = (await store.alerts.find(first, b?.id ?? 0))?.body.value as Alert;
        await step(store, first, [reopened(woken), ended(snooze, "superseded", iso(11))]);
        await step(store, first, [ended(c as Alert, "cause_gone", iso(11))]);
        expect(await due(store, sellers, 11), "what was seen to is not due").toEqual([three, four]);
      },
    },
    {
      title: "those that ended are kept for 400 days, and go when another of their product and kind comes",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const kept = async () =>
          (
            await all((page) =>
              store.alerts.list(sellerId, { states: null, kind: null, productId: id, ...page }),
            )
          ).map(({ openedAt }) => openedAt);
        const opened: string[] = [];
        for (const days of [0, 10, 400]) {
          const at = later(days * day);
          const [alert] = (await raise(store, sellerId, [alertDraft(id)], at)) as [Alert];
          opened.unshift(at.toISOString());
          await step(store, sellerId, [ended(alert, "cause_gone", at.toISOString())], at);
          expect(await kept(), "400 days are not more than 400").toEqual(opened);
        }
        await raise(store, sellerId, [alertDraft(id, { kind: "out_of_stock" })], later(405 * day));
        expect(await kept()).toHaveLength(4);
        await raise(store, sellerId, [alertDraft(id)], later(405 * day));
        expect(await kept()).toHaveLength(4);
        expect((await kept()).at(-1)).toBe(opened[1]);
      },
    },
  ],
};
