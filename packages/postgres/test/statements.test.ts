import { createAmused, isAmusedError } from "@amused/core";
import type pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { postgresStore } from "../src/index.ts";
import { describePostgres, freshStore } from "./database.ts";

/** The text of every statement that goes over the pool from now on. */
function texts(pool: pg.Pool): string[] {
  const all: string[] = [];
  const known = new WeakSet<pg.PoolClient>();
  pool.on("acquire", (client) => {
    if (known.has(client)) return;
    known.add(client);
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const noted = (first: string | { text: string }, ...rest: unknown[]) => {
      all.push(typeof first === "string" ? first : first.text);
      return query(first, ...rest);
    };
    Object.assign(client, { query: noted });
  });
  return all;
}

describePostgres("statements", () => {
  test("have nothing in their text that a user wrote", async () => {
    const { pool, schema, close } = await freshStore();
    onTestFinished(close);
    const said = texts(pool);
    const events = { "zq.said": z.record(z.string(), z.string()) };
    const amused = await createAmused({ store: postgresStore({ pool, schema }), events });

    const marker = `zq'";--$1\\`;
    const shop = amused.seller(`zq';--`);
    const { id } = await shop.products.create(
      {
        name: marker,
        sku: marker,
        category: marker,
        description: marker,
        attributes: { [marker]: marker },
        quantity: 9,
      },
      { idempotencyKey: "zq';--" },
    );
    await shop.products.update(id, { name: `${marker}2`, attributes: { [`${marker}2`]: marker } });
    await shop.stock.adjust(id, { adjust: 1, reason: marker });
    await shop.sales.record({ orderId: marker, lines: [{ productId: id, quantity: 1 }] });
    await shop.sales.return({ orderId: marker, lines: [{ productId: id, quantity: 1 }] });
    const expectedOn = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    await shop.incoming.create({ productId: id, quantity: 1, expectedOn, reference: marker });
    await shop.events.publish({ type: "zq.said", payload: { [marker]: marker } });
    await shop.categories.settle(id, { category: marker });
    const csv = `sku,name,category,attributes.zq';--\nzq';--,zq';--,zq';--,zq';--\n`;
    expect(await shop.products.import(csv)).toMatchObject({ created: 1, failed: 0 });
    await shop.sales.import("sku,quantity,soldAt,orderId\nzq';--,1,2026-01-01,zq';--\n");
    await amused.keys.create({ sellerId: `zq';--`, name: marker });
    for (const sort of ["name", "-price", "quantity", "createdAt"] as const)
      await shop.products.list({ search: marker, category: marker, sort, limit: 1 });
    await shop.products.search({ text: marker });
    await shop.events.list({ types: ["zq.said", "zq.*"] });
    await shop.categories.suggest({ name: marker, description: marker });
    await shop.recommendations.similar(id);
    await shop.predictions.forecast(id);
    // A cursor that somebody made by hand.
    const { nextCursor } = await shop.products.list({ sort: "name", limit: 1 });
    expect(nextCursor).not.toBeNull();
    const forged = (nextCursor as string).replace(/.{4}$/, "zq';");
    const list = async () => shop.products.list({ sort: "name", limit: 1, cursor: forged });
    await list().catch((error: unknown) => {
      if (!isAmusedError(error, "invalid_request")) throw error;
    });
    await amused.close();

    expect(said.length).toBeGreaterThan(30);
    expect(said.filter((text) => text.includes("zq"))).toEqual([]);
  });
});
