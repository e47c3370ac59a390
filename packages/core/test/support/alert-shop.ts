import { type FakeClock, fakeClock } from "../../../testkit/src/fake-clock.ts";
import { type Amused, createAmused } from "../../src/amused.ts";
import type { Alert } from "../../src/domain/alert.ts";
import type { AmusedEvent } from "../../src/domain/event.ts";
import { matches } from "../../src/domain/event.ts";
import { addDays, dateOf } from "../../src/domain/time.ts";
import { memoryStore } from "../../src/memory/store.ts";
import type { Store } from "../../src/ports/store.ts";
import { alertEvents, alertReactor } from "../../src/reactors/alerts.ts";
import type { Seller } from "../../src/seller.ts";
import { alertsPass } from "../../src/services/alerts/upkeep.ts";
import { testDeps } from "./deps.ts";

/** A shop whose clock stands still, and whose alerts are seen to when a test says so. */
export interface AlertShop {
  amused: Amused;
  store: Store;
  shop: Seller;
  clock: FakeClock;
  /** Hands the reactor what it has not seen yet, its own events among it. */
  pump(): Promise<void>;
  /** Goes on with another reactor, which sees so many events again. */
  restart(again?: number): void;
  pass(): Promise<void>;
  /** Keeps a prediction: order in so many days (`null`: not foreseen), as of this stock. */
  predict(
    productId: number,
    inDays: number | null,
    quantity?: number,
    leadTimeSource?: "product" | "seller" | "assumed",
  ): Promise<void>;
  /** What happened to alerts: `opened low_stock`. */
  told(): Promise<string[]>;
  active(): Promise<Alert[]>;
}

export async function alertShop(store: Store = memoryStore()): Promise<AlertShop> {
  const clock = fakeClock("2026-03-02T09:00:00.000Z");
  const amused = await createAmused({ store, now: clock.now });
  const shop = amused.seller("acme", { actor: "anna" });
  const deps = testDeps(store, clock.now);
  const { signal } = new AbortController();
  let handle = alertReactor(deps);
  let seen = 0;

  async function pump(): Promise<void> {
    for (;;) {
      const request = { after: seen, limit: 100, types: null, productId: null };
      const events = (await store.events.read("acme", request))?.events ?? [];
      if (events.length === 0) return;
      for (const event of events) {
        if (matches(event, { types: alertEvents }))
          await handle(JSON.parse(event.text), { sellerId: "acme", attempt: 1, signal });
        seen = event.seq;
      }
    }
  }

  return {
    ...{ amused, store, shop, clock, pump },
    restart(again = 0) {
      handle = alertReactor(deps);
      seen = Math.max(0, seen - again);
    },
    pass: () =>
      alertsPass(deps, signal, (error) => {
        throw error;
      }),
    async predict(productId, inDays, quantity, source = "seller") {
      const units = quantity ?? (await shop.products.get(productId)).quantity;
      const today = dateOf(clock.now());
      const by = inDays === null ? null : addDays(today, inDays);
      const data = {
        ...{ quantity: units, date: { p10: null, p50: by && addDays(by, 14), p90: null } },
        reorder: {
          point: 9,
          quantity: by === null ? 0 : 40,
          by,
          because: [{ kind: "lead_time", days: 14, source }],
        },
      };
      const command = { sellerId: "acme", actor: null, at: clock.now(), epoch: "e", idempotency: null };
      await store.predictions.save(command, [
        {
          ...{ productId, type: "stockout", data, confidence: 0.9, model: "theta", basedOn: 1_000_000 },
          ...{ runOutOn: null, dueOn: addDays(today, 28), expiresAt: clock.now().toISOString() },
        },
      ]);
    },
    async told() {
      const events: string[] = [];
      for (let after = "start"; ; ) {
        const page = await shop.events.list({ after, types: ["alert.*"], limit: 200 });
        const alerts = page.items as Extract<AmusedEvent, { type: `alert.${string}` }>[];
        events.push(...alerts.map(({ type, payload }) => `${type.slice(6)} ${payload.alert.kind}`));
        if (page.items.length < 200) return events;
        after = page.nextCursor;
      }
    },
    active: async () => (await shop.alerts.list({ state: "active", limit: 200 })).items,
  };
}
