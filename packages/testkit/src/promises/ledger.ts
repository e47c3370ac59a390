import type { Store } from "@amused/core";
import fc from "fast-check";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, line, sell } from "../commands.ts";
import { allEvents, allSales, ledgerOf, outcome } from "../reading.ts";

interface Line {
  product: number;
  quantity: number;
}

/** A change of the stock of one of three products. */
type Step =
  | { kind: "adjust"; product: number; delta: number; expected: number | null }
  | { kind: "count"; product: number; count: number }
  | { kind: "sale"; lines: Line[] }
  | { kind: "return"; lines: Line[] }
  | { kind: "import"; product: number; count: number };

const product = fc.nat(2);
const few = fc.integer({ min: 1, max: 9 });
const lines = fc.array(fc.record({ product, quantity: few }), { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("adjust" as const),
    product,
    delta: fc.integer({ min: -12, max: 12 }).filter((delta) => delta !== 0),
    expected: fc.option(fc.nat(12), { freq: 5 }),
  }),
  fc.record({ kind: fc.constant("count" as const), product, count: fc.nat(20) }),
  fc.record({ kind: fc.constant("sale" as const), lines }),
  fc.record({ kind: fc.constant("return" as const), lines }),
  fc.record({ kind: fc.constant("import" as const), product, count: fc.nat(20) }),
);

export const ledger: PromiseGroup = {
  about: "the ledger always says what is there",
  promises: [
    {
      title:
        "after any history the sum of the ledger is the quantity, at every step, and every effect has one event",
      async keep({ store, seller, sizes, seed }) {
        await fc.assert(
          fc.asyncProperty(
            fc.tuple(fc.nat(20), fc.nat(20), fc.constant(0)),
            fc.array(step, { minLength: 1, maxLength: sizes.steps }),
            async (start, steps) => {
              const sellerId = seller();
              const ids: number[] = [];
              for (const quantity of start) ids.push((await createProduct(store, sellerId, { quantity })).id);
              const model = start.map((quantity) => (quantity === 0 ? [] : [quantity]));
              let events = 3;
              for (const step of steps) {
                const expected = foresee(step, model);
                expect(await outcome(act(store, sellerId, ids, step)), JSON.stringify(step)).toBe(
                  expected.code,
                );
                if (expected.code !== "done") continue;
                events += expected.events;
                for (const [product, deltas] of expected.deltas) model[product]?.push(...deltas);
              }
              for (const [n, id] of ids.entries()) await checkLedger(store, sellerId, id, model[n] ?? []);
              expect(await allEvents(store, sellerId)).toHaveLength(events);
            },
          ),
          { numRuns: sizes.runs, seed },
        );
      },
    },
    {
      title: "changes at once leave a ledger in which each line follows from the one before",
      async keep({ stores, seller, sizes }) {
        const sellerId = seller();
        const [store] = stores;
        const { id } = await createProduct(store, sellerId, { quantity: 20 });
        await Promise.all(
          Array.from({ length: sizes.writers * 4 }, (_, n) => {
            const by = stores[n % stores.length] ?? store;
            const command = commandOf(sellerId);
            if (n % 4 === 0) return outcome(sell(by, command, [line(id, 3)]));
            if (n % 4 === 1) return outcome(adjust(by, command, id, 2));
            if (n % 4 === 2) return outcome(sell(by, command, [line(id, 1)], { kind: "return" }));
            return outcome(
              by.stock.change(command, {
                productId: id,
                change: { count: n, countedAt: null },
                reason: "count",
                expected: null,
              }),
            );
          }),
        );
        const deltas = (await ledgerOf(store, sellerId, id)).map(({ delta }) => delta);
        await checkLedger(store, sellerId, id, deltas);
        expect((await allEvents(store, sellerId)).length).toBe(deltas.length);
      },
    },
    {
      title: "every movement says why, by whom, from what and when",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id, createdAt } = await createProduct(store, sellerId, { quantity: 9 }, { actor: "key:1" });
        await sell(store, commandOf(sellerId, { actor: "key:2" }), [line(id, 2)], { orderId: "o-1" });
        await sell(store, commandOf(sellerId, { actor: null }), [line(id, 1)], {
          orderId: "o-1",
          kind: "return",
        });
        await store.products.import(commandOf(sellerId), {
          create: [],
          update: [{ id, edit: null, count: 7 }],
        });
        await adjust(store, commandOf(sellerId), id, -7);
        const nothing = await createProduct(store, sellerId, { quantity: 0 });
        const lines = await ledgerOf(store, sellerId, id);
        expect(lines.map(({ id: _, ...line }) => line)).toEqual([
          { productId: id, delta: 9, quantity: 9, reason: "initial", actor: "key:1", cause: null, createdAt },
          { productId: id, delta: -2, quantity: 7, reason: "sale", actor: "key:2", cause: "o-1", createdAt },
          { productId: id, delta: 1, quantity: 8, reason: "return", actor: null, cause: "o-1", createdAt },
          {
            productId: id,
            delta: -1,
            quantity: 7,
            reason: "import",
            actor: "tester",
            cause: null,
            createdAt,
          },
          { productId: id, delta: -7, quantity: 0, reason: "test", actor: "tester", cause: null, createdAt },
        ]);
        expect(await ledgerOf(store, sellerId, nothing.id)).toEqual([]);
        expect(await store.stock.movements(sellerId, 999_999_999, { limit: 1, after: null })).toBeNull();
      },
    },
  ],
};

/** What a step should come to, by the deltas so far. */
function foresee(
  step: Step,
  model: number[][],
): { code: string; deltas: Map<number, number[]>; events: number } {
  const level = (product: number) => (model[product] ?? []).reduce((sum, delta) => sum + delta, 0);
  const refused = (code: string) => ({ code, deltas: new Map(), events: 0 });
  if (step.kind === "sale" || step.kind === "return") {
    const deltas = new Map<number, number[]>();
    for (const { product, quantity } of step.lines)
      deltas.set(product, [...(deltas.get(product) ?? []), step.kind === "sale" ? -quantity : quantity]);
    const short = [...deltas].some(
      ([product, taken]) => level(product) + taken.reduce((a, b) => a + b, 0) < 0,
    );
    return short ? refused("insufficient_stock") : { code: "done", deltas, events: step.lines.length };
  }
  const had = level(step.product);
  if (step.kind === "adjust" && step.expected !== null && step.expected !== had) return refused("conflict");
  const delta = step.kind === "adjust" ? step.delta : step.count - had;
  if (had + delta < 0) return refused("insufficient_stock");
  // An import that finds the quantity that it brings has nothing to do.
  if (step.kind === "import" && delta === 0) return { code: "done", deltas: new Map(), events: 0 };
  return { code: "done", deltas: new Map([[step.product, [delta]]]), events: 1 };
}

function act(store: Store, sellerId: string, ids: number[], step: Step): Promise<unknown> {
  const command = commandOf(sellerId);
  const id = (product: number) => ids[product] as number;
  switch (step.kind) {
    case "adjust":
      return adjust(store, command, id(step.product), step.delta, step.expected);
    case "count": {
      const change = { count: step.count, countedAt: null };
      return store.stock.change(command, {
        productId: id(step.product),
        change,
        reason: "count",
        expected: null,
      });
    }
    case "import":
      return store.products.import(command, {
        create: [],
        update: [{ id: id(step.product), edit: null, count: step.count }],
      });
    default: {
      const lines = step.lines.map(({ product, quantity }) => line(id(product), quantity));
      return sell(store, command, lines, { kind: step.kind });
    }
  }
}

async function checkLedger(store: Store, sellerId: string, id: number, deltas: number[]): Promise<void> {
  const lines = await ledgerOf(store, sellerId, id);
  expect(lines.map(({ delta }) => delta)).toEqual(deltas);
  let quantity = 0;
  for (const line of lines) {
    quantity += line.delta;
    expect(line.quantity).toBe(quantity);
    expect(quantity).toBeGreaterThanOrEqual(0);
  }
  const found = await store.products.find(sellerId, id);
  expect(found?.body.value.quantity).toBe(quantity);
  const sold = (await allSales(store, sellerId, id)).reduce((sum, sale) => sum + sale.quantity, 0);
  const moved = lines
    .filter(({ reason }) => reason === "sale" || reason === "return")
    .reduce((sum, { delta }) => sum + delta, 0);
  expect(sold + moved, "what was sold is what left the stock").toBe(0);
}
