import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type AmusedEvent, createAmused, type Seller } from "@amused/core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { describePostgres, freshStore } from "./database.ts";

const systemConsumers = ["alerts", "categories", "forecasts", "recommendations", "stock"].map(
  (name) => `amused.${name}`,
);

const count = 200;
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

describePostgres("background work", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  beforeAll(async () => {
    house = await freshStore();
  });
  afterAll(() => house.close());

  /** How many products have a forecast that knows as much of the log as this. */
  async function predicted(basedOn: number): Promise<number> {
    const { rows } = await house.pool.query(
      `select count(*)::int as n from ${house.schema}.ai_predictions where current and type = 'forecast' and based_on >= $1`,
      [basedOn],
    );
    return rows[0].n;
  }

  test("is killed in the middle, and goes on with what is left: nothing is lost, and nothing told twice", {
    timeout: 150_000,
  }, async () => {
    // The clock of the living one is ahead, so that the dead one's leases need not be sat out.
    let ahead = 0;
    const now = () => new Date(Date.now() + ahead);
    const errors: unknown[] = [];
    const amused = await createAmused({ store: house.store, now, onError: (error) => errors.push(error) });
    const shop = amused.seller("acme");
    await shop.products.import(
      `sku,name,quantity\n${Array.from({ length: count }, (_, n) => `T-${n},Tea ${n},6\n`).join("")}`,
    );
    await shop.sales.import(
      `sku,quantity,soldAt\n${Array.from({ length: count / 10 }, (_, n) =>
        Array.from({ length: 20 }, (_, ago) => `T-${n},${1 + ((n + ago) % 3)},${day(ago + 1)}\n`).join(""),
      ).join("")}`,
    );
    const ids = (await Array.fromAsync(shop.products.list({ limit: 200 }))).map(({ id }) => id);
    for (const id of ids) await shop.products.update(id, { reorderPoint: 4 });
    // Each falls to its reorder point, and every fourth to nothing.
    const sell = (id: number) =>
      shop.sales.record({ lines: [{ productId: id, quantity: id % 4 === 0 ? 6 : 3 }] });

    const script = fileURLToPath(new URL("./background.ts", import.meta.url));
    const args = ["--conditions=@amused/source", script, inject("databaseUrl") as string, house.schema];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    const left = [...ids];
    const told = async () => (await eventsOf(shop, ["stock.low", "stock.depleted"])).length;
    for (const id of left.splice(0, 40)) await sell(id);
    await until(async () => (await predicted(0)) > 20 && (await told()) >= 40);
    const burst = (await eventsOf(shop)).length;
    await Promise.all(left.splice(0, 100).map(sell));
    await until(async () => (await told()) > 45);
    child.kill("SIGKILL");
    expect(await closed).toEqual([null, "SIGKILL"]);
    const sales = count - left.length;
    const [alerts, forecasts] = [await told(), await predicted(burst)];
    expect(alerts, "not all was told").toBeLessThan(sales);
    expect(forecasts, "not all was predicted").toBeLessThan(count);

    for (const id of left) await sell(id);
    const sold = (await eventsOf(shop, ["sale.recorded"])).at(-1)?.seq as number;
    const before = (await shop.predictions.list({ limit: 1 })).items[0]?.id;
    ahead = 60_000;
    await amused.start();
    const lags = async () =>
      (
        await house.store.consumers.progress({ consumer: null, sellerId: "acme" }, { limit: 10, after: null })
      ).body.value.map(({ consumer, lag, attempts, deadLetters }) => [consumer, lag, attempts, deadLetters]);
    const settled = systemConsumers.map((consumer) => [consumer, 0, 0, 0]);
    await expect.poll(lags, { timeout: 100_000, interval: 250 }).toEqual(settled);
    await amused.stop();
    expect(await lags()).toEqual(settled);
    expect((await shop.predictions.list({ limit: 1 })).items[0]?.id, "it had work to do").not.toBe(before);

    // One current prediction of each type, of which each knows all that happened to its product.
    const { rows } = await house.pool.query(
      `select type, count(*)::int as n, count(distinct product_id)::int as products from ${house.schema}.ai_predictions where current group by type order by type`,
    );
    expect(rows).toEqual(["forecast", "stockout"].map((type) => ({ type, n: count, products: count })));
    for (const id of ids) {
      for (const type of ["forecast", "stockout"] as const)
        expect((await house.store.predictions.find("acme", id, type))?.behind, `${type} of ${id}`).toBe(0);
      const { quantity, verdict } = await shop.predictions.stockout(id);
      expect([quantity, verdict === "out_of_stock"]).toEqual(id % 4 === 0 ? [0, true] : [3, false]);
    }

    const events = await eventsOf(shop);
    expect(
      events.map(({ seq }) => seq),
      "the log has no hole",
    ).toEqual(events.map((_, n) => n + 1));
    expect(events.length).toBeGreaterThan(sold);
    const crossed = (type: string) =>
      events.filter((event) => event.type === type).map(({ productId }) => productId);
    const emptied = ids.filter((id) => id % 4 === 0);
    expect(crossed("stock.low").sort(ascending)).toEqual(ids.filter((id) => id % 4 !== 0));
    expect(crossed("stock.depleted").sort(ascending)).toEqual(emptied);
    expect(errors).toEqual([]);
    await amused.close();
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const ascending = (a: number | null, b: number | null) => (a ?? 0) - (b ?? 0);

/** All events of these types, oldest first. */
async function eventsOf({ events }: Seller, types?: string[]): Promise<AmusedEvent[]> {
  const found: AmusedEvent[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await events.list({
      limit: 200,
      ...(types && { types: types as never }),
      ...(after && { after }),
    });
    found.push(...(page.items as AmusedEvent[]));
    if (page.items.length < 200) return found;
    after = page.nextCursor;
  }
}
