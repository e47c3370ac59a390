import type { Repositories } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, editOf, later, line, sell } from "../commands.ts";
import { predict, predictionRow } from "../predicting.ts";
import { all, allEvents, outcome } from "../reading.ts";

/** Everything that is kept, newest first. */
function kept(store: Repositories, sellerId: string, productId: number | null = null) {
  return all((page) => store.predictions.list(sellerId, { productId, type: null, ...page }), 3);
}

const day = 86_400_000;

export const predictions: PromiseGroup = {
  about: "predictions are kept and told",
  promises: [
    {
      title: "expire together when their seller's history has changed, and only his",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const tea = await createProduct(store, sellerId);
        const foreign = await createProduct(store, other);
        await predict(store, sellerId, [
          predictionRow(tea.id, { expiresAt: "2025-06-17T00:00:00.000Z" }),
          predictionRow(tea.id, { type: "stockout", expiresAt: "2025-06-18T00:00:00.000Z" }),
        ]);
        await predict(store, other, [predictionRow(foreign.id, { expiresAt: "2025-06-17T00:00:00.000Z" })]);
        await store.predictions.expire(sellerId);
        // One that is made after it has its own time.
        const pot = await createProduct(store, sellerId);
        await predict(store, sellerId, [predictionRow(pot.id, { expiresAt: "2025-06-19T00:00:00.000Z" })]);
        const expired = "1970-01-01T00:00:00.000Z";
        const expiry = async (of: string, id: number, type: "forecast" | "stockout") =>
          (await store.predictions.find(of, id, type))?.expiresAt;
        expect([
          await expiry(sellerId, tea.id, "forecast"),
          await expiry(sellerId, tea.id, "stockout"),
          await expiry(other, foreign.id, "forecast"),
          await expiry(sellerId, pot.id, "forecast"),
        ]).toEqual([expired, expired, "2025-06-17T00:00:00.000Z", "2025-06-19T00:00:00.000Z"]);
        const stale = await store.predictions.stale({
          ...{ now: commandOf(sellerId).at, limit: 5, after: { sellerId, productId: 0 } },
        });
        expect(stale.products.filter((one) => one.sellerId === sellerId)).toEqual([
          { sellerId, productId: tea.id },
        ]);
      },
    },
    {
      title: "each becomes the current one of its product and type, and is told in the log",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const pot = await createProduct(store, sellerId);
        const rows = [
          predictionRow(tea.id, { data: { points: [1, 2.5, 1e-9], text: 'é\u2028"' }, confidence: 0.125 }),
          predictionRow(tea.id, { type: "stockout", data: [], confidence: 1, runOutOn: "2025-06-20" }),
          predictionRow(pot.id, { model: "theta", basedOn: 2, expiresAt: "2025-06-15T12:00:00.001Z" }),
        ];
        const written = await store.predictions.save(commandOf(sellerId), rows);
        const made = written.body.value;
        const createdAt = "2025-06-15T12:00:00.000Z";
        expect(made).toEqual(
          rows.map(({ productId, type, data, confidence }, n) => {
            return { id: made[n]?.id, productId, type, data, confidence, createdAt };
          }),
        );
        expect(new Set(made.map(({ id }) => id)).size).toBe(3);
        expect(written).toMatchObject({ position: { seq: 5 }, replayed: false });
        const told = (await allEvents(store, sellerId)).slice(2);
        expect(told.map(({ type, productId, payload }) => ({ type, productId, payload }))).toEqual(
          made.map((prediction) => ({
            ...{ type: "prediction.updated", productId: prediction.productId },
            payload: { predictionType: prediction.type, prediction },
          })),
        );
        const { body, head, ...rest } = (await store.predictions.find(sellerId, pot.id, "forecast")) ?? {};
        expect(body?.value).toEqual(made[2]);
        expect(rest).toEqual({
          model: "theta",
          basedOn: 2,
          expiresAt: "2025-06-15T12:00:00.001Z",
          behind: 0,
        });
        expect(head?.seq).toBe(5);
        expect((await store.predictions.find(sellerId, tea.id, "stockout"))?.body.value).toEqual(made[1]);
        expect(await store.predictions.find(sellerId, pot.id, "stockout")).toBeNull();

        const [again] = await predict(store, sellerId, [predictionRow(tea.id, { data: 7, basedOn: 5 })]);
        expect((await store.predictions.find(sellerId, tea.id, "forecast"))?.body.value).toEqual(again);
        expect((await store.predictions.find(sellerId, tea.id, "stockout"))?.body.value).toEqual(made[1]);
        expect(await kept(store, sellerId)).toEqual([again, made[2], made[1], made[0]]);
        expect(await kept(store, sellerId, tea.id)).toEqual([again, made[1], made[0]]);
        const page = { productId: null, type: "stockout" as const, limit: 9, after: null };
        expect((await store.predictions.list(sellerId, page)).body.value).toEqual([made[1]]);
        expect(await outcome(kept(store, sellerId, 999_999_999))).toBe("not_found");
        expect(await store.predictions.save(commandOf(sellerId), [])).toMatchObject({ position: null });
      },
    },
    {
      title:
        "one says how many events since would have been in it: of its product, and of what it is made of",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId, { quantity: 9 });
        const pot = await createProduct(store, sellerId, { quantity: 9 });
        await sell(store, commandOf(sellerId), [line(tea.id, 1)]);
        await predict(store, sellerId, [predictionRow(tea.id, { basedOn: 2 })]);
        const behind = async () => (await store.predictions.find(sellerId, tea.id, "forecast"))?.behind;
        expect(await behind(), "the sale came after the second event").toBe(1);
        await sell(store, commandOf(sellerId), [line(tea.id, 1), line(pot.id, 1)]);
        await sell(store, commandOf(sellerId), [line(tea.id, 1)], { kind: "return" });
        await adjust(store, commandOf(sellerId), tea.id, 1);
        await store.products.update(commandOf(sellerId), editOf(tea, { name: "Oolong" }));
        expect(await behind()).toBe(5);
        for (const { id: productId } of [tea, pot])
          await store.incoming.create(commandOf(sellerId), {
            ...{ productId, quantity: 3, expectedOn: "2025-06-20", reference: null },
          });
        expect(await behind(), "goods on their way").toBe(6);
        await adjust(store, commandOf(sellerId), pot.id, 1);
        await store.events.append(commandOf(sellerId), [
          { type: "stock.low", productId: tea.id, payload: {} },
          { type: "sales.counted", productId: tea.id, payload: {} },
        ]);
        await predict(store, sellerId, [predictionRow(tea.id, { type: "stockout" })]);
        expect(await behind(), "what follows from predictions does not count").toBe(6);
        const { length } = await allEvents(store, sellerId);
        await predict(store, sellerId, [predictionRow(tea.id, { basedOn: length })]);
        expect(await behind()).toBe(0);
      },
    },
    {
      title: "nothing is written of what is deleted or another's, nor over what was based on more of the log",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const tea = await createProduct(store, sellerId);
        const gone = await createProduct(store, sellerId);
        const theirs = await createProduct(store, other);
        await predict(store, sellerId, [predictionRow(gone.id), predictionRow(tea.id, { basedOn: 3 })]);
        await store.products.delete(commandOf(sellerId), gone.id, null);
        expect(await store.predictions.find(sellerId, gone.id, "forecast")).toBeNull();
        const before = (await allEvents(store, sellerId)).length;
        const made = await predict(store, sellerId, [
          ...[predictionRow(gone.id), predictionRow(theirs.id), predictionRow(999_999_999)],
          ...[predictionRow(tea.id, { basedOn: 2 }), predictionRow(tea.id, { type: "stockout" })],
        ]);
        expect(made.map(({ type }) => type)).toEqual(["stockout"]);
        expect(await allEvents(store, sellerId)).toHaveLength(before + 1);
        expect((await store.predictions.find(sellerId, tea.id, "forecast"))?.basedOn).toBe(3);
        expect(await kept(store, sellerId, gone.id), "what was predicted stays").toHaveLength(1);
        expect(await kept(store, other)).toEqual([]);
        expect(await predict(store, sellerId, [predictionRow(tea.id, { basedOn: 3 })])).toHaveLength(1);
      },
    },
    {
      title:
        "of each week the last one before the current waits for its score; those scored stay, for 400 days",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId);
        const other = await createProduct(store, sellerId);
        // `noon` is a Sunday.
        const save = async (days: number) => {
          const rows = [
            predictionRow(id, { data: days }),
            predictionRow(id, { data: days, type: "stockout" }),
          ];
          const [made] = await predict(store, sellerId, rows, later(days * day));
          return made?.id as number;
        };
        const left = async (type: "forecast" | "stockout" = "forecast") => {
          const page = { productId: id, type, limit: 20, after: null };
          return (await store.predictions.list(sellerId, page)).body.value.map(({ data }) => data);
        };
        await predict(store, sellerId, [predictionRow(other.id)]);
        const scored = await save(-6);
        await store.predictions.score(sellerId, scored, { mase: 0.5 }, later(0));
        for (const days of [-5, -3, -2, 0]) await save(days);
        expect(await left(), "the current one, the last before it, and the one scored").toEqual([0, -2, -6]);
        expect(await left("stockout")).toEqual([0, -2]);
        for (const days of [1, 2, 4]) await save(days);
        expect(await left(), "the week before has its last one").toEqual([4, 2, 0, -6]);
        await save(394);
        expect(await left(), "400 days are not more than 400").toEqual([394, 4, 0, -6]);
        await save(397);
        expect(await left()).toEqual([397, 394, 4, 0]);
        expect(await kept(store, sellerId, other.id)).toHaveLength(1);
      },
    },
    {
      title: "several at once leave one current",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const { id } = await createProduct(store, sellerId);
        const saved = await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            predict(stores[n % stores.length] ?? store, sellerId, [predictionRow(id, { data: n })]),
          ),
        );
        expect(saved.flat()).toHaveLength(sizes.writers);
        const last = (await allEvents(store, sellerId)).at(-1)?.payload;
        const found = await store.predictions.find(sellerId, id, "forecast");
        expect({ predictionType: "forecast", prediction: found?.body.value }).toEqual(last);
        expect(await kept(store, sellerId, id)).toHaveLength(2);
      },
    },
  ],
};
