import { type Alert, type IncomingStock, type Product, resolved, type Store } from "@amused/core";
import fc from "fast-check";
import { expect } from "vitest";
import { alertDraft, raise, step } from "../alerting.ts";
import type { PromiseGroup } from "../bench.ts";
import {
  adjust,
  commandOf,
  createProduct,
  editOf,
  keyed,
  line,
  noon,
  productRow,
  sell,
} from "../commands.ts";
import { predict, predictionRow, recommendationRow } from "../predicting.ts";
import { all, allEvents, allIncoming, allProducts, allSales, canonical, dump, outcome } from "../reading.ts";

export const tenants: PromiseGroup = {
  about: "a seller neither sees nor changes another's",
  promises: [
    {
      title:
        "whatever one seller tries with another's ids, SKUs, orders and keys: nothing is read and nothing changes",
      async keep({ store, seller, sizes, seed }) {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.nat(attempts.length - 1), { minLength: 1, maxLength: sizes.steps }),
            async (tries) => {
              const [a, b] = [seller(), seller()];
              const [theirs, own] = [await shop(store, a), await shop(store, b)];
              const before = canonical(await dump(store, a));
              for (const n of tries) await attempts[n]?.(store, b, theirs, own);
              expect(canonical(await dump(store, a))).toBe(before);
              expect(canonical(await dump(store, b)), "nothing of the other is seen").not.toContain(a);
            },
          ),
          // Every attempt is made in the first runs, whatever the seed brings after them.
          {
            numRuns: sizes.runs,
            seed,
            examples: [[attempts.map((_, n) => n)], [attempts.map((_, n) => attempts.length - 1 - n)]],
          },
        );
      },
    },
    {
      title: "two sellers doing the same get the same, each for itself",
      async keep({ store, seller }) {
        const sellers = [seller(), seller()];
        await Promise.all(
          sellers.map(async (sellerId) => {
            const { tea } = await shop(store, sellerId);
            await sell(store, keyed(sellerId, "sale"), [line(tea.id, 1)], { orderId: "o-2" });
            await store.products.delete(commandOf(sellerId), tea.id, null);
            await createProduct(store, sellerId, { sku: "TEA" });
          }),
        );
        const plain = [];
        for (const sellerId of sellers) {
          const events = await allEvents(store, sellerId);
          expect(events.every((event) => event.sellerId === sellerId)).toBe(true);
          plain.push(events.map(({ seq, type }) => [seq, type]));
          expect((await allProducts(store, sellerId)).map(({ sku }) => sku)).toEqual(["POT", "TEA"]);
          expect(await allSales(store, sellerId)).toHaveLength(2);
        }
        expect(plain[0]).toEqual(plain[1]);
      },
    },
    {
      title: "names that are alike are sellers of their own: longer, in another case, in other characters",
      async keep({ store, seller }) {
        const name = seller();
        const sellers = [name, name.toUpperCase(), ...alike.map((end) => name + end)];
        const made = new Map<string, Product>();
        for (const sellerId of sellers)
          made.set(sellerId, await createProduct(store, sellerId, { sku: "TEA" }, keyed(sellerId, "same")));
        for (const [sellerId, { id }] of made) {
          await sell(store, keyed(sellerId, "sale"), [line(id, 1)], { kind: "return", orderId: "o-1" });
          await store.engines.save(sellerId, "engine", { state: sellerId, basedOn: 1, version: 0, at: noon });
        }
        for (const [sellerId, { id }] of made) {
          expect((await allProducts(store, sellerId)).map((one) => one.id)).toEqual([id]);
          expect((await allSales(store, sellerId)).map(({ productId }) => productId)).toEqual([id]);
          expect(new Set((await allEvents(store, sellerId)).map((one) => one.sellerId))).toEqual(
            new Set([sellerId]),
          );
          expect((await store.engines.load(sellerId, "engine"))?.state).toBe(sellerId);
        }
      },
    },
  ],
};

/** Ends of names: what SQL, paths and caches could take for something, and two ways to write one letter. */
const alike = ["1", "%", "_", "'", "\\", ":", "/..", "\u00e9", "e\u0301", "\uff45", "\u200b"];

interface Shop {
  tea: Product;
  pot: Product;
  goods: IncomingStock;
}

async function shop(store: Store, sellerId: string): Promise<Shop> {
  const tea = await createProduct(store, sellerId, {
    sku: "TEA",
    quantity: 5,
    category: "Drinks",
    attributes: { loose: true },
  });
  const pot = await createProduct(store, sellerId, { sku: "POT", name: "Pot", quantity: 2 });
  await sell(store, keyed(sellerId, "first"), [line(tea.id, 1)], { orderId: "o-1" });
  const key = {
    sellerId,
    name: "till",
    prefix: "amk_test",
    hash: `tenant ${sellerId}`,
    origins: null,
    expiresAt: null,
  };
  await store.keys.create(commandOf(sellerId), { ...key, scopes: ["read"] });
  await predict(store, sellerId, [predictionRow(tea.id, { type: "stockout", runOutOn: "2025-06-16" })]);
  await store.recommendations.save(commandOf(sellerId), [recommendationRow(tea.id)]);
  await raise(store, sellerId, [alertDraft(tea.id)]);
  await store.engines.save(sellerId, "engine", { state: sellerId, basedOn: 1, version: 0, at: noon });
  const goods = { productId: tea.id, quantity: 6, expectedOn: "2025-06-20", reference: "PO 1" };
  const incoming = await store.incoming.create(commandOf(sellerId), goods);
  return { tea, pot, goods: incoming.body.value };
}

const expected = { expectedOn: "2025-06-16", reference: null };

/** What seller `b` may try. Where a port says how a thing is refused, that is checked too. */
const attempts: ((store: Store, b: string, theirs: Shop, own: Shop) => Promise<void>)[] = [
  async (store, b, { tea }) => expect(await store.products.find(b, tea.id)).toBeNull(),
  async (store, b, { tea }) =>
    expect(await store.products.update(commandOf(b), editOf(tea, { name: "Mine" }))).toBeNull(),
  async (store, b, { tea }) => expect(await store.products.delete(commandOf(b), tea.id, null)).toBeNull(),
  async (store, b, { tea }) =>
    expect(await outcome(adjust(store, commandOf(b), tea.id, 1))).toBe("not_found"),
  async (store, b, { tea }, { pot }) => {
    expect(await outcome(sell(store, commandOf(b), [line(pot.id, 1), line(tea.id, 1)]))).toBe("not_found");
    expect((await store.products.find(b, pot.id))?.body.value.quantity).toBe(2);
  },
  async (store, b, { tea }) =>
    expect(await outcome(sell(store, commandOf(b), [line(tea.id, 1)], { kind: "return" }))).toBe("not_found"),
  async (store, b, { tea }) =>
    expect(await store.stock.movements(b, tea.id, { limit: 9, after: null })).toBeNull(),
  async (store, b, { tea }) =>
    expect(await store.sales.daily(b, tea.id, "2025-06-15", "2025-06-15")).toBeNull(),
  async (store, b, { tea }) => expect(await outcome(allSales(store, b, tea.id))).toBe("not_found"),
  async (store, b, { tea, pot }, own) => {
    const found = await store.products.lookup(b, { skus: ["TEA", "POT"], names: [], ids: [tea.id, pot.id] });
    expect(found.map(({ id }) => id)).toEqual([own.tea.id, own.pot.id]);
  },
  async (store, b, { tea }) => {
    const batch = {
      create: [productRow({ name: "Beside" })],
      update: [{ id: tea.id, edit: null, count: 1 }],
    };
    expect(await store.products.import(commandOf(b), batch)).toBeNull();
  },
  async (store, b, { tea }) => {
    // The port does not say how: the line's product comes from the seller's own `lookup`.
    const sale = {
      productId: tea.id,
      orderId: "o-9",
      quantity: 1,
      price: "1.00",
      soldAt: "2025-01-01T00:00:00.000Z",
    };
    await expect(
      store.sales.import(commandOf(b), "00000000-0000-4000-8000-000000000001", [sale], false),
    ).rejects.toThrow();
  },
  async (store, b, { tea }, own) => {
    const sale = {
      productId: own.tea.id,
      orderId: "o-7",
      quantity: 1,
      price: "1.00",
      soldAt: "2025-01-01T00:00:00.000Z",
    };
    expect(tea.id).not.toBe(own.tea.id);
    await store.sales.import(commandOf(b), "00000000-0000-4000-8000-000000000002", [sale], false);
  },
  async (store, b, { tea }) => {
    const fact = { type: "test.fact", productId: tea.id, payload: {} };
    expect(await outcome(store.events.append(commandOf(b), [fact]))).toBe("not_found");
  },
  async (store, b, { tea }) => {
    const run = await store.events.read(b, { after: 0, limit: 99, types: null, productId: tea.id });
    expect(run?.events).toEqual([]);
  },
  async (store, b) => {
    const again = await store.products.create(keyed(b, `same ${Math.abs(b.length)}`), productRow());
    expect(again.body.value.sellerId).toBe(b);
  },
  async (store, b) => expect(await store.idempotency.find(keyed(b, "import"))).toBeNull(),
  async (store, b, { tea }) => {
    const listed = await allProducts(store, b);
    expect(listed.map(({ id }) => id)).not.toContain(tea.id);
    const after = { key: String(tea.id), id: tea.id };
    const filter = {
      category: null,
      words: [],
      maxQuantity: null,
      runsOutBy: null,
      sort: "id" as const,
      descending: false,
    };
    const page = await store.products.list(b, { ...filter, limit: 9, after });
    expect(page.body.value.every(({ sellerId }) => sellerId === b)).toBe(true);
  },
  async (store, b, { tea }, own) => {
    const asked = { productIds: [tea.id, own.pot.id], from: "2025-06-15", to: "2025-06-15" };
    const { products } = await store.demand.read(b, asked);
    expect(products.map(({ productId }) => productId)).toEqual([own.pot.id]);
    expect(await store.demand.active(b, { after: 0, limit: 99 })).not.toContain(tea.id);
  },
  async (store, b, { tea }) => {
    expect(await predict(store, b, [predictionRow(tea.id)])).toEqual([]);
    expect(await store.predictions.find(b, tea.id, "stockout")).toBeNull();
    const page = { productId: tea.id, type: null, limit: 9, after: null };
    expect(await outcome(store.predictions.list(b, page))).toBe("not_found");
  },
  async (store, b, { tea }) => {
    const due = await store.predictions.due({ today: "2025-07-13", limit: 10_000 });
    const theirs = due.find(({ productId }) => productId === tea.id);
    expect(theirs).toBeDefined();
    expect(await store.predictions.score(b, theirs?.id as number, {}, noon)).toBe(false);
    expect(
      await all((page) => store.predictions.scores(b, { productId: null, type: null, ...page })),
    ).toEqual([]);
  },
  async (store, b, { tea }, own) => {
    const until = "2025-06-16";
    const atRisk = await all((page) => store.predictions.atRisk(b, { until, ...page }));
    expect(atRisk.map(({ product }) => product.id)).toEqual([own.tea.id]);
    const listed = await all((page) => store.predictions.list(b, { productId: null, type: null, ...page }));
    expect(listed.map(({ productId }) => productId)).not.toContain(tea.id);
  },
  async (store, b, { tea }) => {
    await store.recommendations.save(commandOf(b), [recommendationRow(tea.id, { data: "mine" })]);
    expect(await store.recommendations.find(b, tea.id, "similar")).toBeNull();
  },
  async (store, b, { tea }) => {
    const due = await store.alerts.watch(b, tea.id);
    expect(due).toEqual({ product: null, stockout: null, alerts: [] });
    expect(await raise(store, b, [alertDraft(tea.id, { kind: "out_of_stock" })])).toBeNull();
    const page = { states: null, kind: null, productId: tea.id, limit: 9, after: null };
    expect(await outcome(store.alerts.list(b, page))).toBe("not_found");
  },
  async (store, b, _, own) => {
    const [mine] = (await store.alerts.watch(b, own.tea.id)).alerts as [Alert];
    // Their alert was raised before ours.
    const theirs = { ...mine, id: mine.id - 1 };
    expect(await store.alerts.find(b, theirs.id)).toBeNull();
    expect(await step(store, b, [resolved(theirs, "b", noon.toISOString())])).toBeNull();
    expect(await store.alerts.observe(b, [theirs])).toBe(false);
    expect(await store.alerts.told(b, theirs.id, noon)).toBe(false);
  },
  async (store, b) => {
    expect((await store.engines.load(b, "engine"))?.state ?? b).toBe(b);
    await store.engines.forget(b, "engine");
  },
  async (store, b) => {
    const { orders } = await store.sales.orders(b, { after: 0, before: null, limit: 99 });
    expect(orders).toEqual([]);
  },
  async (store, b, { tea, goods: { id } }, own) => {
    const { incoming } = store;
    expect(await incoming.find(b, id)).toBeNull();
    for (const tried of [
      () => incoming.create(commandOf(b), { ...{ productId: tea.id, quantity: 1 }, ...expected }),
      () => incoming.update(commandOf(b), id, { quantity: 1 }),
      () => incoming.receive(commandOf(b), id, null),
      () => incoming.cancel(commandOf(b), id),
      () => incoming.list(b, { productId: tea.id, state: null, limit: 9, after: null }),
    ])
      expect(await outcome(tried())).toBe("not_found");
    expect((await allIncoming(store, b)).map((one) => one.id)).toEqual([own.goods.id]);
  },
  async (store, b) => {
    const keys = await all((page) => store.keys.list(b, page));
    expect(keys.every(({ sellerId }) => sellerId === b)).toBe(true);
  },
  async (store, b) => {
    const everything = { actor: null, types: null, productId: null, from: null, before: null };
    const { body } = await store.audit.list(b, { ...everything, limit: 200, after: null });
    expect(body.value.every(({ sellerId }) => sellerId === b)).toBe(true);
  },
  async (store, b) => expect(await store.events.heads([b])).toHaveProperty("size", 1),
  async (store, b, _, { tea }) => {
    await adjust(store, commandOf(b), tea.id, 1);
    expect(await outcome(createProduct(store, b, { sku: "TEA" }))).toBe("conflict");
  },
];
