import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, later } from "../commands.ts";
import { predict, predictionRow, recommendationRow } from "../predicting.ts";
import { allEvents } from "../reading.ts";

export const recommendations: PromiseGroup = {
  about: "recommendations and what engines learned",
  promises: [
    {
      title: "recommendations replace those of their product and kind, and are told where they are others",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [tea, pot] = [await createProduct(store, sellerId), await createProduct(store, sellerId)];
        const save = (at: Date, ...rows: ReturnType<typeof recommendationRow>[]) =>
          store.recommendations.save(commandOf(sellerId, { at }), rows);
        const told = async () =>
          (await allEvents(store, sellerId))
            .slice(2)
            .map(({ type, productId, payload }) => [type, productId, payload]);
        const bought = { kind: "bought_together", data: [], count: 0 } as const;
        const first = [
          recommendationRow(tea.id),
          recommendationRow(pot.id),
          recommendationRow(tea.id, bought),
        ];
        expect(await save(later(0), ...first)).toMatchObject({ position: { seq: 5 } });
        const all = [
          ["recommendations.updated", tea.id, { count: 1 }],
          ["recommendations.updated", pot.id, { count: 1 }],
          ["recommendations.updated", tea.id, { count: 0 }],
        ];
        expect(await told()).toEqual(all);

        const other = { data: { items: [1, 2] }, count: 2 };
        const newer = { model: "blend", basedOn: 5, expiresAt: later(9_000).toISOString() };
        await save(
          later(7),
          recommendationRow(tea.id, newer),
          recommendationRow(pot.id, { ...newer, ...other }),
        );
        expect(await told(), "the first is what it was").toEqual([
          ...all,
          ["recommendations.updated", pot.id, { count: 2 }],
        ]);
        const find = async (productId: number, kind: "similar" | "bought_together") => {
          const { body, head, ...rest } = (await store.recommendations.find(sellerId, productId, kind)) ?? {};
          expect(head?.seq ?? 6).toBe(6);
          return body === undefined ? null : { data: body.value, ...rest };
        };
        const times = { ...newer, createdAt: later(7).toISOString() };
        expect(await find(tea.id, "similar")).toEqual({ data: first[0]?.data, ...times });
        expect(await find(pot.id, "similar")).toEqual({ data: other.data, ...times });
        expect(await find(tea.id, "bought_together")).toEqual({
          ...{ data: [], model: "text", basedOn: 3 },
          ...{ createdAt: later(0).toISOString(), expiresAt: first[0]?.expiresAt },
        });
        expect(await find(pot.id, "bought_together")).toBeNull();
      },
    },
    {
      title: "there are none for products that are deleted or another's",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const gone = await createProduct(store, sellerId);
        const theirs = await createProduct(store, other);
        const save = (productId: number, data: unknown) =>
          store.recommendations.save(commandOf(sellerId), [recommendationRow(productId, { data })]);
        await save(gone.id, 1);
        await store.products.delete(commandOf(sellerId), gone.id, null);
        expect(await store.recommendations.find(sellerId, gone.id, "similar")).toBeNull();
        for (const id of [gone.id, theirs.id, 999_999_999])
          expect(await save(id, 2)).toMatchObject({ position: null });
        expect(await allEvents(store, sellerId)).toHaveLength(3);
        expect(await store.recommendations.find(other, theirs.id, "similar")).toBeNull();
      },
    },
    {
      title: "a state of an engine is saved over the one that was loaded, and no other",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const { engines } = store;
        const save = (version: number, state: string, name = "categorise") =>
          engines.save(sellerId, name, { state, basedOn: 4, version, at: later(version) });
        expect(await engines.load(sellerId, "categorise")).toBeNull();
        expect(await save(1, "of one that never was")).toBe(false);
        const large = `${"é".repeat(1_000_000)}'"\\`;
        const first = (await save(0, large)) as number;
        expect(await save(0, "a second first")).toBe(false);
        expect(await engines.load(sellerId, "categorise")).toEqual({
          ...{ state: large, basedOn: 4, version: first, updatedAt: later(0).toISOString() },
        });
        const second = (await save(first, "")) as number;
        expect(second).not.toBe(first);
        expect(await save(first, "late")).toBe(false);
        expect(await engines.load(sellerId, "categorise")).toEqual({
          ...{ state: "", basedOn: 4, version: second, updatedAt: later(first).toISOString() },
        });
        expect(await engines.load(sellerId, "forecast")).toBeNull();
        expect(await engines.load(other, "categorise")).toBeNull();
        await engines.forget(other, "categorise");
        await save(0, "beside", "forecast");
        await engines.forget(sellerId, "categorise");
        expect(await engines.load(sellerId, "categorise")).toBeNull();
        expect((await engines.load(sellerId, "forecast"))?.state).toBe("beside");
        expect(await save(second, "of what was forgotten")).toBe(false);
        const anew = (await save(0, "anew")) as number;
        expect([first, second], "no version comes again").not.toContain(anew);
      },
    },
    {
      title: "of several that save at once over the same state, one does",
      async keep({ store, stores, seller, sizes }) {
        const sellerId = seller();
        const race = async (version: number) => {
          const saved = await Promise.all(
            Array.from({ length: sizes.writers }, (_, n) => {
              const state = { state: String(n), basedOn: 0, version, at: later(0) };
              return (stores[n % stores.length] ?? store).engines.save(sellerId, "race", state);
            }),
          );
          const [won, ...others] = saved.flatMap((version, n) => (version === false ? [] : [{ version, n }]));
          expect(others).toEqual([]);
          expect(await store.engines.load(sellerId, "race")).toMatchObject({
            ...{ version: won?.version, state: String(won?.n) },
          });
          return won?.version as number;
        };
        await race(await race(0));
      },
    },
    {
      title: "all of it, and predictions and their scores, is undone with its transaction",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const row = recommendationRow(id);
        await store.recommendations.save(commandOf(sellerId), [row]);
        const [made] = await predict(store, sellerId, [predictionRow(id)]);
        const state = { state: "kept", basedOn: 0, version: 0, at: later(0) };
        const version = (await store.engines.save(sellerId, "engine", state)) as number;
        const failed = store.transaction(async (transaction) => {
          await transaction.recommendations.save(commandOf(sellerId), [{ ...row, data: 2 }]);
          await predict(transaction, sellerId, [predictionRow(id, { data: 2 })]);
          expect(await transaction.predictions.score(sellerId, made?.id as number, 1, later(1))).toBe(true);
          await transaction.engines.save(sellerId, "engine", { ...state, state: "lost", version });
          await transaction.engines.save(sellerId, "another", state);
          throw new Error("undo");
        });
        await expect(failed).rejects.toThrow("undo");
        expect((await store.recommendations.find(sellerId, id, "similar"))?.body.value).toEqual(row.data);
        expect((await store.predictions.find(sellerId, id, "forecast"))?.body.value).toEqual(made);
        const since = new Date(0);
        const sums = await store.predictions.sums(sellerId, { productId: null, since });
        expect(sums.body.value).toEqual([]);
        expect(await store.engines.load(sellerId, "engine")).toMatchObject({ state: "kept", version });
        expect(await store.engines.load(sellerId, "another")).toBeNull();
        expect(await allEvents(store, sellerId)).toHaveLength(3);
      },
    },
  ],
};
