import type { ProductFilter, ProductKey } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, later } from "../commands.ts";
import { predict, predictionRow } from "../predicting.ts";
import { all, outcome } from "../reading.ts";

export const predictionPasses: PromiseGroup = {
  about: "predictions are found when it is their time",
  promises: [
    {
      title:
        "products at risk come soonest first, by what is current; a list of products finds the same ones",
      async keep({ store, seller }) {
        const sellerId = seller();
        const ids: number[] = [];
        for (let n = 0; n < 8; n++) ids.push((await createProduct(store, sellerId, { quantity: n })).id);
        const runsOut = [
          "2025-06-20",
          "2025-06-18",
          null,
          "2025-06-20",
          "2025-06-21",
          "2025-06-17",
          "2025-06-18",
        ];
        const rows = runsOut.map((runOutOn, n) =>
          predictionRow(ids[n] as number, { type: "stockout", runOutOn, data: { n } }),
        );
        await predict(store, sellerId, [
          ...rows,
          predictionRow(ids[7] as number, { runOutOn: "2025-06-16" }),
        ]);
        await predict(store, sellerId, [
          predictionRow(ids[6] as number, { type: "stockout", runOutOn: null }),
          predictionRow(ids[5] as number, { type: "stockout", runOutOn: "2025-06-19", data: { n: "again" } }),
        ]);
        const atRisk = async (until: string) => {
          const found = await all((page) => store.predictions.atRisk(sellerId, { until, ...page }), 2);
          return found.map(({ product, stockout }) => {
            expect(product).toMatchObject({ sellerId, quantity: ids.indexOf(product.id) });
            return stockout;
          });
        };
        const filter = { category: null, maxQuantity: null, sort: "id", descending: false } as const;
        const listed = async (changes: Partial<ProductFilter>) => {
          const page = { words: [], limit: 9, after: null, runsOutBy: null, ...changes };
          const read = await store.products.list(sellerId, { ...filter, ...page });
          return read.body.value.map(({ id }) => ids.indexOf(id));
        };
        expect(await atRisk("2025-06-20")).toEqual([{ n: 1 }, { n: "again" }, { n: 0 }, { n: 3 }]);
        expect(await atRisk("2025-06-19")).toEqual([{ n: 1 }, { n: "again" }]);
        expect(await atRisk("2025-06-17")).toEqual([]);
        expect(await listed({ runsOutBy: "2025-06-20" })).toEqual([0, 1, 3, 5]);
        expect(await listed({ runsOutBy: "2025-06-20", maxQuantity: 1 })).toEqual([0, 1]);
        expect(await listed({ runsOutBy: "2025-06-20", sort: "name", descending: true })).toEqual([
          5, 3, 1, 0,
        ]);
        await store.products.delete(commandOf(sellerId), ids[0] as number, null);
        expect(await atRisk("2025-06-20")).toEqual([{ n: 1 }, { n: "again" }, { n: 3 }]);
        expect(await listed({ runsOutBy: "2025-06-20" })).toEqual([1, 3, 5]);
      },
    },
    {
      title: "a pass finds each product whose forecast has expired or never was, page by page",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const ids: number[] = [];
        for (let n = 0; n < 6; n++) ids.push((await createProduct(store, a)).id);
        const [fresh, expired, superseded, never, gone, onlyStockout] = ids as [
          ...[number, number, number, number, number, number],
        ];
        const theirs = await createProduct(store, b);
        const until = (productId: number, ms: number, type: "forecast" | "stockout" = "forecast") =>
          predictionRow(productId, { type, expiresAt: later(ms).toISOString() });
        await predict(store, a, [until(superseded, 9), until(onlyStockout, 9, "stockout")]);
        await predict(store, a, [until(fresh, 1), until(expired, 0), until(superseded, -1), until(gone, -1)]);
        await store.products.delete(commandOf(a), gone, null);
        const found: ProductKey[] = [];
        let after: ProductKey | null = { sellerId: a, productId: 0 };
        do {
          const page = await store.predictions.stale({ now: later(0), limit: 2, after });
          expect(page.products.length).toBeLessThanOrEqual(2);
          found.push(...page.products);
          after = page.next;
        } while (after !== null);
        const of = (sellerId: string) =>
          found.filter((key) => key.sellerId === sellerId).map(({ productId }) => productId);
        expect(of(a)).toEqual([expired, superseded, never, onlyStockout]);
        expect(of(b)).toEqual([theirs.id]);
        const from = await store.predictions.stale({
          ...{ now: later(0), limit: 1, after: { sellerId: a, productId: superseded } },
        });
        expect(from.products).toEqual([{ sellerId: a, productId: never }]);
        const before = { now: later(-600_000), limit: 1, after: { sellerId: a, productId: 0 } };
        const made = await store.predictions.stale(before);
        expect(made.products, "by this clock it was made in the future").toEqual([
          { sellerId: a, productId: fresh },
        ]);
      },
    },
    {
      title:
        "what is due is found for all sellers, longest due first, until it has its score, which it gets once",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const [tea, pot] = [await createProduct(store, a), await createProduct(store, a)];
        const theirs = await createProduct(store, b);
        const due = (productId: number, dueOn: string) =>
          predictionRow(productId, { dueOn, data: { dueOn } });
        const [first] = await predict(store, a, [due(tea.id, "1999-01-02")]);
        const [second, open] = await predict(store, a, [
          due(tea.id, "1999-01-01"),
          due(pot.id, "1999-01-03"),
        ]);
        const [other] = await predict(store, b, [due(theirs.id, "1999-01-01")]);
        const find = async (today = "1999-01-03", limit = 100) =>
          (await store.predictions.due({ today, limit })).filter(({ sellerId }) => [a, b].includes(sellerId));
        expect(await find()).toEqual([
          { sellerId: a, ...second, model: "naive", basedOn: 0, dueOn: "1999-01-01" },
          { sellerId: b, ...other, model: "naive", basedOn: 0, dueOn: "1999-01-01" },
          { sellerId: a, ...first, model: "naive", basedOn: 0, dueOn: "1999-01-02" },
        ]);
        expect(await find("1999-01-01")).toEqual([]);
        expect(await store.predictions.due({ today: "1999-01-03", limit: 2 })).toHaveLength(2);

        const score = (sellerId: string, id: number | undefined, value: unknown, ms: number) =>
          store.predictions.score(sellerId, id as number, value, later(ms));
        expect(await score(b, first?.id, {}, 0), "another's").toBe(false);
        expect(await score(a, first?.id, { mase: 0.75 }, 1)).toBe(true);
        expect(await score(a, first?.id, { mase: 9 }, 2), "it has its score").toBe(false);
        expect(await score(a, second?.id, null, 3)).toBe(true);
        expect(await score(a, second?.id, { mase: 9 }, 4)).toBe(false);
        expect(await score(b, other?.id, [1], 4)).toBe(true);
        expect(await score(a, open?.id, { mase: 2 }, 5)).toBe(true);
        expect(await find("1999-12-31")).toEqual([]);
        const scores = (productId: number | null, type: "forecast" | "stockout" | null = null) =>
          all((page) => store.predictions.scores(a, { productId, type, ...page }));
        const scored = [
          {
            ...{ id: open?.id, productId: pot.id, type: "forecast", model: "naive", dueOn: "1999-01-03" },
            ...{ score: { mase: 2 }, createdAt: open?.createdAt, scoredAt: later(5).toISOString() },
          },
          {
            ...{ id: first?.id, productId: tea.id, type: "forecast", model: "naive", dueOn: "1999-01-02" },
            ...{ score: { mase: 0.75 }, createdAt: first?.createdAt, scoredAt: later(1).toISOString() },
          },
        ];
        expect(await scores(null)).toEqual(scored);
        expect(await scores(null, "stockout")).toEqual([]);
        expect(await scores(tea.id, "forecast")).toEqual(scored.slice(1));
        expect(await outcome(scores(theirs.id)), "another's").toBe("not_found");
      },
    },
    {
      title: "scores are found by product, some of each, and summed by the names of their numbers",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const [tea, pot] = [await createProduct(store, a), await createProduct(store, a)];
        const theirs = await createProduct(store, b);
        const { predictions } = store;
        let minute = 0;
        async function scored(sellerId: string, productId: number, score: object, type = "forecast") {
          const row = predictionRow(productId, { type: type as "forecast", dueOn: "1999-01-01" });
          const [made] = await predict(store, sellerId, [row]);
          await predictions.score(sellerId, made?.id as number, score, later(++minute * 60_000));
          return made?.id;
        }
        const old = await scored(a, tea.id, { off: 100 });
        const since = later(minute * 60_000 + 1);
        const first = await scored(a, tea.id, { off: 1, sold: 2.5, ranOutOn: null, name: "x" });
        const second = await scored(a, tea.id, { off: 2 });
        const third = await scored(a, pot.id, { off: 4, held: 1 });
        await scored(a, pot.id, { off: 8 }, "stockout");
        await scored(b, theirs.id, { off: 1_000 });
        const last = async (each: number, from: Date, productIds = [tea.id, pot.id, theirs.id]) =>
          (await predictions.lastScores(a, { productIds, type: "forecast", since: from, each })).map(
            ({ id }) => id,
          );
        expect(await last(2, later(0))).toEqual([third, second, first]);
        expect(await last(9, later(0), [tea.id])).toEqual([second, first, old]);
        expect(await last(9, since, [tea.id])).toEqual([second, first]);
        expect(await last(1, since)).toEqual([third, second]);
        const sums = async (productId: number | null, from: Date) =>
          (await predictions.sums(a, { productId, since: from })).body.value;
        expect(await sums(null, since)).toEqual([
          { type: "forecast", scored: 3, sums: { off: 7, sold: 2.5, held: 1 } },
          { type: "stockout", scored: 1, sums: { off: 8 } },
        ]);
        expect(await sums(tea.id, later(0))).toEqual([
          { type: "forecast", scored: 3, sums: { off: 103, sold: 2.5 } },
        ]);
        expect(await sums(theirs.id, later(0))).toEqual([]);
      },
    },
  ],
};
