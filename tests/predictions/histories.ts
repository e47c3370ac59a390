import { createAmused, isAmusedError, memoryStore, type Seller } from "@amused/core";
import { predictionFaults } from "@amused/testkit";
import fc from "fast-check";

/** One thing that happens to a product. */
export type Step =
  | { kind: "sell" | "return" | "count"; units: number }
  | { kind: "wait"; hours: number }
  | { kind: "import"; rows: { daysAgo: number; units: number }[] }
  | { kind: "edit"; leadTimeDays: number | null; price: string }
  | { kind: "ask" };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Few units mostly, and now and then a thousand times, or as many as can be. */
const units = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 9_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(1_000_000, 1_000_000_000) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: units.map((units): Step => ({ kind: "sell", units })) },
  { weight: 1, arbitrary: units.map((units): Step => ({ kind: "return", units })) },
  {
    weight: 3,
    arbitrary: fc.oneof(fc.constant(0), units).map((units): Step => ({ kind: "count", units })),
  },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 72 }).map((hours): Step => ({ kind: "wait", hours })) },
  // Months in which nothing happens, and clocks that are set back, or forth by a year.
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(-25, -1, 24 * 7, 24 * 100, 24 * 365)
      .map((hours): Step => ({ kind: "wait", hours })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.record({
          daysAgo: fc.oneof(fc.integer({ min: -1, max: 60 }), fc.integer({ min: 0, max: 1_000 })),
          units: fc.oneof(
            units,
            units.map((n) => -n),
          ),
        }),
        { minLength: 1, maxLength: 60 },
      )
      .map((rows): Step => ({ kind: "import", rows })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        leadTimeDays: fc.constantFrom(null, 0, 1, 7, 400, 3650),
        price: fc.constantFrom("0", "0.01", "9999999999.99"),
      })
      .map((edit): Step => ({ kind: "edit", ...edit })),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "ask" }) },
);

/** Days one after the other, so that there is enough history, and then anything. */
const steady: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(fc.oneof(fc.constant(0), units), fc.boolean()), { minLength: 0, maxLength: 60 })
  .map((days) =>
    days.flatMap(([sold, refilled]): Step[] => [
      ...(refilled ? [{ kind: "count", units: 500 } as const] : []),
      ...(sold > 0 ? [{ kind: "sell", units: sold } as const] : []),
      { kind: "wait", hours: 24 },
    ]),
  );

/** What can happen to a product, ending with a question. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(steady, fc.array(step, { maxLength: 40 }))
  .map(([days, rest]) => [...days, ...rest, { kind: "ask" }]);

/** Plays a history to a product of its own, and says what was wrong with what was predicted meanwhile. */
export async function play(history: readonly Step[]): Promise<string[]> {
  let clock = Date.parse("2026-03-01T12:00:00.000Z");
  const now = () => new Date(clock);
  const amused = await createAmused({ store: memoryStore({ now }), now, threads: 0 });
  const shop = amused.seller("acme");
  const { id } = await shop.products.create({ name: "Tea", quantity: 50 });
  const found: string[] = [];
  try {
    for (const [n, one] of history.entries()) {
      if (one.kind === "wait") clock += one.hours * hourMs;
      else if (one.kind === "ask")
        found.push(...(await ask(shop, id, now())).map((fault) => `step ${n}: ${fault}`));
      else await refusable(() => happen(shop, id, one, clock));
    }
  } finally {
    await amused.close();
  }
  return found;
}

function happen(shop: Seller, id: number, step: Exclude<Step, { kind: "wait" | "ask" }>, clock: number) {
  switch (step.kind) {
    case "sell":
      return shop.sales.record({ lines: [{ productId: id, quantity: step.units }] });
    case "return":
      return shop.sales.return({ lines: [{ productId: id, quantity: step.units }] });
    case "count":
      return shop.stock.count(id, { count: step.units, reason: "counted" });
    case "edit":
      return shop.products.update(id, { leadTimeDays: step.leadTimeDays, price: step.price });
    case "import":
      return shop.sales.import(
        `productId,quantity,soldAt\n${step.rows
          .map(({ daysAgo, units }) => `${id},${units},${new Date(clock - daysAgo * dayMs).toISOString()}\n`)
          .join("")}`,
      );
  }
}

/** There may be too little stock, or too much of it. That it fails otherwise is a fault. */
async function refusable(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAmusedError(error) || !["insufficient_stock", "invalid_request", "conflict"].includes(error.code))
      throw error;
  }
}

/** Asks for everything that is predicted of a product. */
export async function ask(
  { predictions, products }: Pick<Seller, "predictions" | "products">,
  id: number,
  now: Date,
): Promise<string[]> {
  const today = now.toISOString().slice(0, 10);
  const stockout = await predictions.stockout(id);
  const forecast = await predictions.forecast(id);
  const { date, behind } = stockout;
  const { quantity } = await products.get(id);
  const listed = (await predictions.atRisk({ within: 60 })).items.map(({ product }) => product.id);
  const atRisk = stockout.quantity === 0 || date.p50 !== null;
  return [
    ...predictionFaults({ today, forecast, stockout }),
    ...(behind > 0 || quantity === stockout.quantity ? [] : [`${quantity} units, said ${stockout.quantity}`]),
    ...(listed.includes(id) === atRisk ? [] : [`it runs out on ${date.p50}, at risk are ${listed.join()}`]),
  ];
}
