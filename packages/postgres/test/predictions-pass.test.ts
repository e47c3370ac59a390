import { type AmusedOptions, createAmused, type Store } from "@amused/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describePostgres, freshStore } from "./database.ts";

describePostgres("the daily pass of several nodes", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  beforeEach(async () => {
    house = await freshStore();
  });
  afterEach(() => house.close());

  const poll = (value: () => unknown) => expect.poll(value, { timeout: 60_000, interval: 50 });

  /** A node of its own on the one database, and the products that it has forecast, once for each time. */
  async function node(options: Partial<AmusedOptions> = {}, hangs = false) {
    const forecast: number[] = [];
    const predictions: Store["predictions"] = {
      ...house.store.predictions,
      async save(command, rows) {
        if (hangs && forecast.length > 0) return new Promise(() => {});
        const written = await house.store.predictions.save(command, rows);
        forecast.push(...written.body.value.flatMap((one) => (one.type === "forecast" ? one.productId : [])));
        return written;
      },
    };
    const store = { ...house.store, predictions, close: async () => {} };
    return { amused: await createAmused({ threads: 0, ...options, store }), forecast };
  }

  /** Products of sellers that only the pass has to do with: the reactors begin after them. */
  async function fill(...sellers: string[]): Promise<number[]> {
    const { amused } = await node();
    const ids: number[] = [];
    for (const seller of sellers)
      for (let n = 0; n < 50; n++)
        ids.push((await amused.seller(seller).products.create({ name: `Tea ${n}` })).id);
    await house.store.consumers.register("amused.forecasts", "now", new Date());
    await amused.close();
    return ids;
  }

  test("forecasts each product once, whichever nodes pass", { timeout: 120_000 }, async () => {
    const ids = await fill("a", "b", "c");
    const nodes = await Promise.all([node(), node()]);
    await Promise.all(nodes.map(({ amused }) => amused.start()));
    const all = () => nodes.flatMap(({ forecast }) => forecast).sort((a, b) => a - b);
    await poll(() => all().length).toBeGreaterThanOrEqual(ids.length);
    await Promise.all(nodes.map(({ amused }) => amused.close()));
    expect(all()).toEqual(ids);
    for (const { forecast } of nodes) expect(forecast.length, "they share the sellers").toBeGreaterThan(0);
  });

  test("is taken over from one that is gone in the middle of it, once its lease has run out", {
    timeout: 120_000,
  }, async () => {
    const ids = await fill("a");
    const dead = await node({}, true);
    await dead.amused.start();
    await poll(() => dead.forecast.length).toBe(5);

    let ahead = 0;
    const heir = await node({ now: () => new Date(Date.now() + ahead) });
    await heir.amused.seller("b").products.create({ name: "Tea" });
    await heir.amused.start();
    await poll(() => heir.forecast.length).toBeGreaterThan(0);
    expect(heir.forecast.filter((id) => ids.includes(id))).toEqual([]);

    // It hangs in a store that does not answer, and is closed all the same.
    const from = performance.now();
    await dead.amused.close();
    expect(performance.now() - from).toBeLessThan(10_000);
    await heir.amused.stop();
    ahead = 3 * 60_000;
    await heir.amused.start();
    const taken = () => heir.forecast.filter((id) => ids.includes(id)).sort((a, b) => a - b);
    await poll(() => taken().length).toBe(45);
    expect(taken()).toEqual(ids.slice(5));
    await heir.amused.close();
  });
});
