import { type Alert, acknowledged, ended, resolved, type Store, snoozed } from "@amused/core";
import { expect } from "vitest";
import { alertDraft, raise, step } from "../alerting.ts";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, later } from "../commands.ts";
import { predict, predictionRow } from "../predicting.ts";
import { allEvents, canonical, outcome } from "../reading.ts";

const iso = (ms: number) => later(ms).toISOString();

/** Raises one alert of a new product. */
async function raised(store: Store, sellerId: string): Promise<Alert> {
  const { id } = await createProduct(store, sellerId, { quantity: 3 });
  const [alert] = (await raise(store, sellerId, [alertDraft(id)])) as [Alert];
  return alert;
}

export const alerts: PromiseGroup = {
  about: "alerts are raised once and live",
  promises: [
    {
      title: "one is raised as it was drafted, told in the log, and found",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 3, reorderPoint: 5 });
        const { evidence } = alertDraft(id);
        const drafts = [
          alertDraft(id),
          alertDraft(id, { kind: "order_due", evidence: { ...evidence, orderBy: "2025-06-16" } as never }),
        ];
        const written = await store.alerts.write(commandOf(sellerId), { open: drafts, change: [] });
        const made = written?.body.value as Alert[];
        expect(made).toEqual(
          drafts.map((draft, n) => ({
            ...{ id: made[n]?.id, ...draft, state: "open", openedAt: iso(0), acknowledgedAt: null },
            ...{ acknowledgedBy: null, snoozedUntil: null, toldAt: null, clearSince: null, resolvedAt: null },
            ...{ resolvedBy: null, resolution: null, version: 1, updatedAt: iso(0) },
          })),
        );
        expect(written).toMatchObject({ position: { seq: 3 }, replayed: false });
        const told = (await allEvents(store, sellerId)).slice(1);
        expect(told.map(({ type, productId, payload }) => ({ type, productId, payload }))).toEqual(
          made.map((alert) => ({ type: "alert.opened", productId: id, payload: { alert } })),
        );
        const found = await store.alerts.find(sellerId, made[0]?.id as number);
        expect([found?.body.value, found?.head?.seq]).toEqual([made[0], 3]);
        expect(await store.alerts.find(sellerId, 999_999_999)).toBeNull();
      },
    },
    {
      title:
        "of each product and kind one is current, also where somebody resolved it; once it ended, another may come",
      async keep({ store, seller }) {
        const sellerId = seller();
        const alert = await raised(store, sellerId);
        const again = () => raise(store, sellerId, [alertDraft(alert.productId)], later(9));
        expect(await again()).toBeNull();
        const other = alertDraft(alert.productId, { kind: "out_of_stock" });
        expect(await raise(store, sellerId, [other, alertDraft(alert.productId)]), "all or none").toBeNull();
        const [hand] = (await step(store, sellerId, [resolved(alert, "anna", iso(1))], later(1))) as [Alert];
        expect(await again()).toBeNull();
        expect((await store.alerts.watch(sellerId, alert.productId)).alerts).toEqual([hand]);
        const before = (await allEvents(store, sellerId)).length;
        const [end] = (await step(store, sellerId, [ended(hand, "cause_gone", iso(2))], later(2))) as [Alert];
        expect(end).toEqual({ ...hand, version: 3, updatedAt: iso(2) });
        expect(await allEvents(store, sellerId), "nobody need know").toHaveLength(before);
        expect((await store.alerts.watch(sellerId, alert.productId)).alerts).toEqual([]);
        expect(await again()).toMatchObject([{ state: "open", openedAt: iso(9) }]);
        expect(await raise(store, sellerId, [other])).toHaveLength(1);
      },
    },
    {
      title:
        "none is raised of a product that was deleted, nor of one that is being deleted at the same moment",
      async keep({ store, stores, seller }) {
        const sellerId = seller();
        for (let round = 0; round < 20; round++) {
          const { id } = await createProduct(store, sellerId, { quantity: 3 });
          const other = stores[round % stores.length] ?? store;
          const [made] = await Promise.all([
            raise(other, sellerId, [alertDraft(id)]),
            store.products.delete(commandOf(sellerId), id, null),
          ]);
          const told = (await allEvents(store, sellerId)).filter(({ productId }) => productId === id);
          const types = told.map(({ type }) => type).filter((type) => type !== "product.created");
          expect(types).toEqual(made === null ? ["product.deleted"] : ["alert.opened", "product.deleted"]);
        }
      },
    },
    {
      title: "a step is taken from the version it was decided on, and told; all of several, or none",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [low, far] = [await raised(store, sellerId), await raised(store, sellerId)];
        const [known] = (await step(store, sellerId, [acknowledged(low, "anna", iso(1))], later(1))) as [
          Alert,
        ];
        expect(known).toEqual({
          ...{ ...low, state: "acknowledged", acknowledgedAt: iso(1), acknowledgedBy: "anna" },
          ...{ version: 2, updatedAt: iso(1) },
        });
        const both = [snoozed(far, iso(50)), resolved(low, null, iso(2))];
        const before = canonical(await allEvents(store, sellerId));
        expect(await step(store, sellerId, both), "one has another version by now").toBeNull();
        expect(canonical(await allEvents(store, sellerId))).toBe(before);
        expect((await store.alerts.find(sellerId, far.id))?.body.value).toEqual(far);
        const steps = { open: [alertDraft(low.productId, { kind: "out_of_stock" })] };
        const change = [snoozed(far, iso(50)), ended(known, "superseded", iso(3))];
        const written = await store.alerts.write(commandOf(sellerId, { at: later(3) }), { ...steps, change });
        expect(written?.body.value).toMatchObject([
          { id: far.id, state: "snoozed", snoozedUntil: iso(50), version: 2 },
          {
            id: low.id,
            state: "resolved",
            resolution: "superseded",
            resolvedAt: iso(3),
            acknowledgedBy: "anna",
          },
          { kind: "out_of_stock", state: "open", version: 1 },
        ]);
        const told = (await allEvents(store, sellerId)).slice(-3);
        expect(told.map(({ type, payload }) => [type, payload.alert])).toEqual(
          ["alert.snoozed", "alert.resolved", "alert.opened"].map((type, n) => [
            type,
            written?.body.value[n],
          ]),
        );
      },
    },
    {
      title: "many who raise the same at once raise one, and of many who change one at once one does",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const { id } = await createProduct(store, sellerId);
        const race = async (work: (of: Store, n: number) => Promise<Alert[] | null>) => {
          const tried = await Promise.all(
            Array.from({ length: sizes.writers }, (_, n) => work(stores[n % stores.length] ?? store, n)),
          );
          const [won, ...others] = tried.flatMap((made) => made ?? []);
          expect(others).toEqual([]);
          return won as Alert;
        };
        const alert = await race((of) => raise(of, sellerId, [alertDraft(id)]));
        const last = await race((of, n) => step(of, sellerId, [acknowledged(alert, `p${n}`, iso(1))]));
        expect((await store.alerts.find(sellerId, alert.id))?.body.value).toEqual(last);
        expect(await allEvents(store, sellerId)).toHaveLength(3);
      },
    },
    {
      title: "a product is watched with its stock, its current prediction and its current alerts",
      async keep({ store, seller }) {
        const sellerId = seller();
        const nothing = { product: null, stockout: null, alerts: [] };
        expect(await store.alerts.watch(sellerId, 999_999_999)).toEqual(nothing);
        const { id } = await createProduct(store, sellerId, { reorderPoint: 4 });
        const watched = () => store.alerts.watch(sellerId, id);
        const product = { quantity: 0, reorderPoint: 4, stocked: false };
        expect(await watched()).toEqual({ product, stockout: null, alerts: [] });
        await adjust(store, commandOf(sellerId), id, 2);
        await adjust(store, commandOf(sellerId), id, -2);
        await predict(store, sellerId, [predictionRow(id)]);
        const data = { reorder: null, text: 'é"' };
        const [stockout] = await predict(store, sellerId, [predictionRow(id, { type: "stockout", data })]);
        const [alert] = (await raise(store, sellerId, [alertDraft(id)])) as [Alert];
        expect(await watched()).toEqual({
          ...{ product: { ...product, stocked: true }, stockout: { id: stockout?.id, data } },
          alerts: [alert],
        });
        await store.products.delete(commandOf(sellerId), id, null);
        expect(await watched()).toMatchObject({ product: null, alerts: [alert] });
        expect(await raise(store, sellerId, [alertDraft(id, { kind: "order_due" })])).toBeNull();
      },
    },
    {
      title: "what is seen of it is noted in silence, unless its state changed meanwhile",
      async keep({ store, seller }) {
        const sellerId = seller();
        const alert = await raised(store, sellerId);
        const before = (await allEvents(store, sellerId)).length;
        const evidence = { ...alert.evidence, quantity: 1 } as never;
        const sight = { id: alert.id, version: 1, evidence, clearSince: iso(5) };
        expect(await store.alerts.observe(sellerId, [sight])).toBe(true);
        const now = async () => (await store.alerts.find(sellerId, alert.id))?.body.value as Alert;
        expect(await now()).toEqual({ ...alert, evidence, clearSince: iso(5) });
        expect(await allEvents(store, sellerId)).toHaveLength(before);
        await step(store, sellerId, [acknowledged(alert, null, iso(6))], later(6));
        expect((await now()).clearSince, "a step leaves it as it is").toBe(iso(5));
        expect(await store.alerts.observe(sellerId, [{ ...sight, clearSince: null }])).toBe(false);
        expect((await now()).clearSince).toBe(iso(5));
      },
    },
    {
      title: "people are told of an open one once, and whoever thought that nobody was must look again",
      async keep({ store, seller }) {
        const sellerId = seller();
        const alert = await raised(store, sellerId);
        const { id } = alert;
        expect(await store.alerts.told(sellerId, id, later(4))).toBe(true);
        expect(await store.alerts.told(sellerId, id, later(5))).toBe(false);
        expect(await step(store, sellerId, [ended(alert, "cause_gone", iso(6))])).toBeNull();
        const found = (await store.alerts.find(sellerId, id))?.body.value as Alert;
        expect(found).toEqual({ ...alert, toldAt: iso(4), version: 2 });
        const other = await raised(store, sellerId);
        await step(store, sellerId, [acknowledged(other, null, iso(6))]);
        expect(await store.alerts.told(sellerId, other.id, later(7)), "somebody knows already").toBe(false);
        expect(await store.alerts.told(sellerId, 999_999_999, later(7))).toBe(false);
      },
    },
    {
      title: "all of it is undone with its transaction",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [alert, other] = [await raised(store, sellerId), await raised(store, sellerId)];
        const before = (await allEvents(store, sellerId)).length;
        const failed = store.transaction(async (transaction) => {
          const draft = alertDraft(alert.productId, { kind: "out_of_stock" });
          expect(await raise(transaction, sellerId, [draft])).toHaveLength(1);
          expect(await step(transaction, sellerId, [resolved(alert, null, iso(1))])).toHaveLength(1);
          expect(await transaction.alerts.observe(sellerId, [{ ...other, clearSince: iso(1) }])).toBe(true);
          expect(await transaction.alerts.told(sellerId, other.id, later(1))).toBe(true);
          throw new Error("undo");
        });
        await expect(failed).rejects.toThrow("undo");
        for (const one of [alert, other])
          expect((await store.alerts.watch(sellerId, one.productId)).alerts).toEqual([one]);
        expect(await allEvents(store, sellerId)).toHaveLength(before);
        expect(await outcome(raise(store, sellerId, []))).toBe("done");
      },
    },
  ],
};
