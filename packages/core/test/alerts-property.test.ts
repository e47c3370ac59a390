import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../src/domain/alert.ts";
import { addDays, dateOf } from "../src/domain/time.ts";
import { isAmusedError } from "../src/errors.ts";
import { memoryStore } from "../src/memory/store.ts";
import { type AlertShop, alertShop } from "./support/alert-shop.ts";

const minute = 60_000;
const units = fc.integer({ min: 1, max: 4 });
const commands = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("sell" as const), units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("return" as const), units }) },
  fc.record({ do: fc.constant("count" as const), units: fc.integer({ min: 0, max: 16 }) }),
  fc.record({
    do: fc.constant("point" as const),
    point: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
  }),
  fc.record({
    do: fc.constant("predict" as const),
    inDays: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("acknowledge" as const, "resolve" as const, "told" as const),
    }),
  },
  fc.record({ do: fc.constant("snooze" as const), minutes: fc.integer({ min: 1, max: 1_000 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      minutes: fc.constantFrom(1, 14, 15, 720, 1_440, 4_320),
    }),
  },
  { weight: 9, arbitrary: fc.constant({ do: "pump" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "pass" as const }) },
  fc.record({ do: fc.constant("restart" as const), again: fc.integer({ min: 0, max: 40 }) }),
);
type Command = typeof commands extends fc.Arbitrary<infer T> ? T : never;

/** Does what may be refused; what is no refusal fails. */
const may = (work: Promise<unknown>) =>
  work.catch((error: unknown) => {
    if (!isAmusedError(error)) throw error;
  });

async function perform(house: AlertShop, id: number, command: Command): Promise<void> {
  const { shop, clock, store } = house;
  const [alert] = await house.active();
  const sale = (quantity: number) => ({ lines: [{ productId: id, quantity }] });
  switch (command.do) {
    case "sell":
      return void (await may(shop.sales.record(sale(command.units))));
    case "return":
      return void (await shop.sales.return(sale(command.units)));
    case "count":
      return void (await shop.stock.count(id, { count: command.units, reason: "count" }));
    case "point":
      return void (await shop.products.update(id, { reorderPoint: command.point }));
    case "predict":
      return house.predict(id, command.inDays);
    case "wait":
      return clock.advance(command.minutes * minute);
    case "pump":
      return house.pump();
    case "pass":
      return house.pass();
    case "restart":
      return house.restart(command.again);
  }
  if (alert === undefined) return;
  if (command.do === "told") await store.alerts.told("acme", alert.id, clock.now());
  else if (command.do === "snooze")
    await shop.alerts.snooze(alert.id, {
      until: new Date(clock.now().getTime() + command.minutes * minute).toISOString(),
    });
  else await shop.alerts[command.do](alert.id);
}

/** What holds of a product, by itself. */
async function causesOf({ shop, clock, store }: AlertShop, id: number) {
  const { quantity, reorderPoint } = await shop.products.get(id);
  const data = (await store.predictions.find("acme", id, "stockout"))?.body.value.data as
    | { quantity: number; reorder: { by: string | null } }
    | undefined;
  const by = data?.reorder.by ?? null;
  const today = dateOf(clock.now());
  return {
    holds: {
      out_of_stock: quantity === 0,
      low_stock: reorderPoint !== null && quantity <= reorderPoint,
      order_due: by !== null && by <= today && (data?.quantity ?? 0) >= quantity,
    },
    gone: {
      out_of_stock: quantity >= 2,
      low_stock: reorderPoint === null || quantity >= reorderPoint + 3,
      order_due: by === null || by > addDays(today, 2),
    },
    quantity,
  };
}

const next: Record<string, string[]> = {
  none: ["alert.opened"],
  open: ["alert.acknowledged", "alert.snoozed", "alert.resolved", "alert.withdrawn"],
  acknowledged: ["alert.snoozed", "alert.resolved"],
  snoozed: ["alert.acknowledged", "alert.snoozed", "alert.reopened", "alert.resolved"],
  resolved: ["alert.opened"],
  withdrawn: ["alert.opened"],
};

test("whatever stock, forecasts, people and crashes do: one alert a cause, opened only while it holds, over when it is", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: 20, maxLength: 70, size: "max" }), async (steps) => {
      const store = memoryStore();
      let house: AlertShop;
      const { write } = store.alerts;
      const alerts: typeof store.alerts = {
        ...store.alerts,
        async write(command, { open, change }) {
          for (const { productId, kind } of open)
            expect((await causesOf(house, productId)).holds[kind], `${kind} is opened while it holds`).toBe(
              true,
            );
          return write(command, { open, change });
        },
      };
      house = await alertShop({ ...store, alerts });
      const { id } = await house.shop.products.create({ name: "Tea", quantity: 10, reorderPoint: 4 });
      for (const command of [...steps, { do: "pump" as const }]) {
        await perform(house, id, command);
        if (command.do !== "pump") continue;
        const active = await house.active();
        const current = (await store.alerts.watch("acme", id)).alerts;
        const causes = await causesOf(house, id);
        expect(active.length, "of several causes the gravest is told").toBeLessThanOrEqual(1);
        for (const { kind } of current) expect([kind, causes.gone[kind]]).toEqual([kind, false]);
        // Whoever resolved it by hand has heard of it.
        if (causes.quantity === 0) expect(current.map(({ kind }) => kind)).toContain("out_of_stock");
        else if (causes.holds.low_stock) expect(current).not.toEqual([]);
      }
      const { items } = await house.shop.events.list({ types: ["alert.*"], limit: 200 });
      const states = new Map<string, string>();
      for (const { type, payload } of items as { type: string; payload: { alert: Alert } }[]) {
        const { kind, state } = payload.alert;
        expect(next[states.get(kind) ?? "none"]).toContain(type);
        states.set(kind, state);
        seen.add(`${type} ${kind}`);
      }
      await house.amused.close();
    }),
    { numRuns: 200, seed: 20_261_124 },
  );
  // Paths that reach nothing say nothing.
  const types = new Set([...seen].map((what) => what.split(" ", 1)[0]));
  for (const type of ["opened", "acknowledged", "snoozed", "reopened", "resolved", "withdrawn"])
    expect(types).toContain(`alert.${type}`);
  for (const kind of ["out_of_stock", "low_stock", "order_due"])
    expect([...seen].filter((what) => what.endsWith(kind)).length).toBeGreaterThan(3);
});
