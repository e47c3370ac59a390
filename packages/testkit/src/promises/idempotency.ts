import type { Command, Repositories, Written } from "@amused/core";
import { expect } from "vitest";
import { alertDraft } from "../alerting.ts";
import type { Bench, PromiseGroup } from "../bench.ts";
import {
  adjust,
  commandOf,
  createProduct,
  editOf,
  keyed,
  later,
  line,
  noon,
  productRow,
  sell,
} from "../commands.ts";
import { predictionRow, recommendationRow } from "../predicting.ts";
import { allEvents, canonical, dump, outcome } from "../reading.ts";

export const idempotency: PromiseGroup = {
  about: "a retried command has one effect",
  promises: [
    ...commandsWithKeys().map(({ what, run }) => ({
      title: `${what}, sent many times at once, happens once and everyone gets the first answer`,
      async keep({ stores, seller, sizes }: Bench) {
        const sellerId = seller();
        const [store] = stores;
        // All of the stock goes in the first sale, so that a second one would be refused.
        const product = await createProduct(store, sellerId, { sku: "TEA", quantity: 2 });
        const command = keyed(sellerId, what);
        const answers = await Promise.all(
          Array.from({ length: sizes.retries }, (_, n) =>
            run(stores[n % stores.length] ?? store, command, product),
          ),
        );
        const late = await run(store, { ...command, at: later(60_000) }, product);
        const [first] = answers.filter((answer) => answer?.replayed === false);
        expect(answers.filter((answer) => answer?.replayed === false)).toHaveLength(1);
        for (const answer of [...answers, late]) {
          expect(canonical(answer?.body.value)).toBe(canonical(first?.body.value));
          expect({ position: answer?.position, revision: answer?.revision }).toEqual({
            position: first?.position,
            revision: first?.revision,
          });
        }
        expect(late?.replayed).toBe(true);
        expect(await allEvents(store, sellerId)).toHaveLength(2);
        expect(await outcome(run(store, keyed(sellerId, what, "another request"), product))).toBe(
          "idempotency_mismatch",
        );
        const kept = await store.idempotency.find(command);
        expect(canonical(kept?.body.value)).toBe(canonical(first?.body.value));
      },
    })),
    {
      title: "the key of a refused command is free: once it can be done, it is done",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, { quantity: 1 });
        const command = keyed(sellerId, "sale");
        expect(await outcome(sell(store, command, [line(id, 2)]))).toBe("insufficient_stock");
        await adjust(store, commandOf(sellerId), id, 1);
        expect(await sell(store, command, [line(id, 2)])).toMatchObject({ replayed: false });
        expect(await sell(store, command, [line(id, 2)])).toMatchObject({ replayed: true });
      },
    },
    {
      title: "a retry is answered although the world has moved on",
      async keep({ store, seller }) {
        const sellerId = seller();
        const made = await store.products.create(
          keyed(sellerId, "made"),
          productRow({ sku: "TEA", quantity: 3 }),
        );
        const { id } = made.body.value;
        const sold = await sell(store, keyed(sellerId, "sold"), [line(id, 3)]);
        const edit = editOf(made.body.value, { name: "Black tea" });
        const edited = await store.products.update(keyed(sellerId, "edited"), edit);
        const deleted = await store.products.delete(keyed(sellerId, "deleted"), id, 2);
        const before = await dump(store, sellerId);
        const again = async (answer: Promise<Written<unknown> | null>, first: Written<unknown> | null) => {
          const { body, ...rest } = (await answer) as Written<unknown>;
          expect(canonical(body.value)).toBe(canonical(first?.body.value));
          expect(rest).toEqual({ position: first?.position, revision: first?.revision, replayed: true });
        };
        await again(
          store.products.create(keyed(sellerId, "made"), productRow({ sku: "TEA", quantity: 3 })),
          made,
        );
        await again(sell(store, keyed(sellerId, "sold"), [line(id, 3)]), sold);
        await again(store.products.update(keyed(sellerId, "edited"), edit), edited);
        await again(store.products.delete(keyed(sellerId, "deleted"), id, 2), deleted);
        expect(await dump(store, sellerId)).toEqual(before);
      },
    },
    {
      title: "a key belongs to one seller",
      async keep({ store, seller }) {
        const [a, b] = [seller(), seller()];
        const first = await store.products.create(keyed(a, "same"), productRow());
        const second = await store.products.create(keyed(b, "same", "another request"), productRow());
        expect(second).toMatchObject({ replayed: false, body: { value: { sellerId: b } } });
        expect(second.body.value.id).not.toBe(first.body.value.id);
      },
    },
    {
      title: "work of many transactions takes its key once, and everyone else is told that it is in flight",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const command = keyed(sellerId, "import");
        const begin = (by: Repositories, command: Command) => by.idempotency.begin(command, 60_000);
        const taken = await Promise.all(
          Array.from({ length: sizes.retries }, (_, n) => begin(stores[n % stores.length] ?? store, command)),
        );
        expect(taken.filter((answer) => answer === "taken")).toHaveLength(1);
        expect(taken.filter((answer) => answer === "in_flight")).toHaveLength(sizes.retries - 1);
        expect(await outcome(begin(store, keyed(sellerId, "import", "another request")))).toBe(
          "idempotency_mismatch",
        );
        expect(await begin(store, keyed(sellerId, "another key"))).toBe("taken");
        await store.idempotency.finish(command, '{"created":3}', { epoch: "imported", seq: 7 });
        for (const answer of [
          await begin(store, { ...command, at: later(90_000) }),
          await store.idempotency.find(command),
        ]) {
          expect(answer).toMatchObject({ replayed: true, position: { epoch: "imported", seq: 7 } });
          expect((answer as Written<unknown>).body.value).toEqual({ created: 3 });
        }
        expect(await outcome(begin(store, keyed(sellerId, "import", "another request")))).toBe(
          "idempotency_mismatch",
        );
      },
    },
    {
      title: "a key given back, or whose lease ran out, can be taken again",
      async keep({ store, seller }) {
        const sellerId = seller();
        const command = keyed(sellerId, "import");
        expect(await store.idempotency.begin(command, 1000)).toBe("taken");
        await store.idempotency.release(command);
        expect(await store.idempotency.begin(command, 1000)).toBe("taken");
        expect(await store.idempotency.begin({ ...command, at: later(999) }, 1000)).toBe("in_flight");
        expect(await store.idempotency.begin({ ...command, at: later(1001) }, 1000)).toBe("taken");
        expect(await store.idempotency.begin({ ...command, at: later(2000) }, 1000)).toBe("in_flight");
        await store.idempotency.finish(command, "null", null);
        await store.idempotency.release(command);
        expect(await store.idempotency.find(command), "an answer is not given back").toMatchObject({
          replayed: true,
        });
      },
    },
    {
      title: "old keys are forgotten, young ones are not",
      async keep({ store, seller }) {
        const sellerId = seller();
        const [old, young] = [keyed(sellerId, "old"), keyed(sellerId, "young")];
        const longAgo = new Date("1990-01-01T00:00:00.000Z");
        await store.products.create({ ...old, at: longAgo }, productRow());
        await store.products.create({ ...young, at: noon }, productRow());
        expect(await store.prune(longAgo)).toBe(0);
        expect(await store.prune(new Date(longAgo.getTime() + 1))).toBe(1);
        expect(await store.idempotency.find(old)).toBeNull();
        expect(await store.idempotency.find(young)).not.toBeNull();
        expect(await store.products.create(old, productRow())).toMatchObject({ replayed: false });
      },
    },
  ],
};

type Product = Awaited<ReturnType<typeof createProduct>>;

function commandsWithKeys(): {
  what: string;
  run: (store: Repositories, command: Command, product: Product) => Promise<Written<unknown> | null>;
}[] {
  return [
    {
      what: "a new product",
      run: (store, command) => store.products.create(command, productRow({ sku: "POT" })),
    },
    {
      what: "an edit",
      run: (store, command, product) => store.products.update(command, editOf(product, { name: "Oolong" })),
    },
    { what: "a deletion", run: (store, command, { id }) => store.products.delete(command, id, 1) },
    { what: "a change of stock", run: (store, command, { id }) => adjust(store, command, id, -2) },
    {
      what: "a sale of the last one",
      run: (store, command, { id }) => sell(store, command, [line(id, 2)], { orderId: "o-1" }),
    },
    {
      what: "a return",
      run: (store, command, { id }) => sell(store, command, [line(id, 2)], { kind: "return" }),
    },
    {
      what: "a fact of the host's",
      run: (store, command) =>
        store.events.append(command, [{ type: "test.fact", productId: null, payload: { n: 1 } }]),
    },
    {
      what: "a batch of an import",
      run: (store, command, { id }) =>
        store.products.import(command, { create: [], update: [{ id, edit: null, count: 5 }] }),
    },
    {
      what: "a prediction",
      run: (store, command, { id }) => store.predictions.save(command, [predictionRow(id)]),
    },
    {
      what: "a recommendation",
      run: (store, command, { id }) => store.recommendations.save(command, [recommendationRow(id)]),
    },
    {
      what: "an alert",
      run: (store, command, { id }) => store.alerts.write(command, { open: [alertDraft(id)], change: [] }),
    },
    {
      what: "a new key",
      run: (store, command) => {
        const { sellerId } = command;
        const row = {
          sellerId,
          name: "till",
          prefix: "amk_test",
          hash: `idempotent ${sellerId}`,
          origins: null,
          expiresAt: null,
        };
        return store.keys.create(command, { ...row, scopes: ["read"] });
      },
    },
  ];
}
