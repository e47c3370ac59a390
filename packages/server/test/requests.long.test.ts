import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "@amused/core";
import { postgresStore } from "@amused/postgres";
import { pgliteStore } from "@amused/postgres/pglite";
import pg from "pg";
import { describe, inject, onTestFinished, test } from "vitest";
import { proveRequests } from "./support/requests/prove.ts";

const url = inject("databaseUrl");

describe("of ten thousand requests, right and wrong, none is a fault of ours, each answer is as declared, and a refusal changes nothing", () => {
  for (const seed of [2, 3, 4])
    test(`in memory (seed ${seed})`, () =>
      proveRequests({ seed, shops: 20, requests: 100, open: (now) => memoryStore({ now }) }));

  test.skipIf(url === null)("on PostgreSQL (seed 5)", async () => {
    const pool = new pg.Pool({ connectionString: url as string, max: 8 });
    onTestFinished(() => pool.end());
    const open = async () => {
      const schema = `requests_${randomBytes(6).toString("hex")}`;
      const store = postgresStore({ pool, schema });
      await store.migrate();
      return store;
    };
    await proveRequests({ seed: 5, shops: 15, requests: 200, open });
  });

  test("embedded (seed 6)", async () => {
    const folder = await mkdtemp(join(tmpdir(), "amused-requests-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    let shop = 0;
    await proveRequests({
      seed: 6,
      shops: 5,
      requests: 200,
      open: () => pgliteStore(join(folder, String(shop++))),
    });
  });
});
