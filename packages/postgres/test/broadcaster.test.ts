import { createAmused } from "@amused/core";
import { broadcasterConformance } from "@amused/testkit";
import type pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { postgresBroadcaster, postgresStore } from "../src/index.ts";
import { describePostgres, freshPool, freshStore } from "./database.ts";

describePostgres("on PostgreSQL", () => {
  let pool: pg.Pool;
  const schema = `test_broadcast_${process.pid}`;
  beforeAll(() => {
    pool = freshPool();
    pool.on("error", () => {});
  });
  afterAll(() => pool.end());

  broadcasterConformance({
    name: "postgresBroadcaster",
    open: () => postgresBroadcaster({ pool, schema }),
    async cut() {
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query like $1 and datname = current_database() and pid <> pg_backend_pid()`,
        [`%${schema}_logs%`],
      );
      const told = await pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_notify(%' and datname = current_database() and pid <> pg_backend_pid()",
      );
      expect((rowCount ?? 0) + (told.rowCount ?? 0)).toBeGreaterThan(0);
    },
  });

  test("what one process writes wakes the streams of another, which did not look", async () => {
    const { store, schema, close } = await freshStore();
    const other = postgresStore({ pool, schema });
    const here = await createAmused({ store, broadcaster: postgresBroadcaster({ pool, schema }) });
    const there = await createAmused({
      // Looks at the heads find nothing, so that only the hint is left.
      store: { ...other, events: { ...other.events, heads: () => new Promise(() => {}) } },
      broadcaster: postgresBroadcaster({ pool, schema }),
    });
    await here.seller("acme").products.create({ name: "First" });
    const seen: string[] = [];
    for await (const event of there.seller("acme").events.subscribe({ from: "start" })) {
      seen.push(event.type);
      // Hints are lost until both are connected; the last of these writes is told.
      if (seen.length === 1)
        void (async () => {
          while (seen.length === 1) {
            await here.seller("acme").products.create({ name: "Next" });
            await new Promise((done) => setTimeout(done, 100));
          }
        })();
      else break;
    }
    expect(seen).toEqual(["product.created", "product.created"]);
    await here.close();
    await there.close();
    await close();
  });
});

test("a broadcaster that ends while its connection is away takes no other", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const query = async () => ({ rows: [] });
  let held = 0;
  let lose = () => {};
  const connect = async () => {
    held++;
    return {
      query,
      release: () => void held--,
      on(event: string, listener: (about: never) => void) {
        if (event === "end") lose = () => listener(undefined as never);
      },
    };
  };
  const broadcaster = postgresBroadcaster({ pool: { query, connect } });
  broadcaster.listen(() => {});
  await vi.advanceTimersByTimeAsync(0);
  expect(held).toBe(1);
  lose();
  await broadcaster.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(held).toBe(0);
});

test("a broadcaster ends while the database is silent", async () => {
  const released = Promise.withResolvers<never>();
  released.promise.catch(() => {});
  let asked = 0;
  // It answers the first statement, which is to listen.
  const query = () => (asked++ === 0 ? Promise.resolve({ rows: [] }) : released.promise);
  // As node-postgres does with what is under way on a connection that is thrown away.
  const release = (lost?: boolean | Error) => lost && released.reject(new Error("Connection terminated"));
  const broadcaster = postgresBroadcaster({ pool: { query, connect: async () => ({ query, release }) } });
  broadcaster.listen(() => {});
  await vi.waitFor(() => expect(asked).toBe(1));
  broadcaster.publish("acme");
  await vi.waitFor(() => expect(asked).toBe(2));
  await broadcaster.close();
});
