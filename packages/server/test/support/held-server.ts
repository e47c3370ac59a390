// A server that, once it is told to hold, stands still between the commit of a sale and everything that would follow it:
// no reader is told and no answer is sent. `node held-server.ts postgres URL` or `node held-server.ts pglite FOLDER`.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { createAmused } from "@amused/core";
import { postgresStore } from "@amused/postgres";
import { pgliteStore } from "@amused/postgres/pglite";
import { createApp } from "@amused/server";
import { serve } from "@hono/node-server";
import pg from "pg";

const [kind, where = "", adminKey = ""] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

const store =
  kind === "pglite"
    ? await pgliteStore(where)
    : postgresStore({ pool: new pg.Pool({ connectionString: where }) });
let holding = false;
const record: typeof store.sales.record = async (command, sale) => {
  const written = await store.sales.record(command, sale);
  if (!holding) return written;
  say("committed");
  // The whole process, so that no timer of it can tell what no hint has told.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return written;
};

const amused = await createAmused({ store: { ...store, sales: { ...store.sales, record } } });
const app = createApp(amused, { adminKey, heartbeat: 300 });
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => say(String(port)));
// The end of the parent is the end of this too.
createInterface({ input: process.stdin })
  .on("close", () => process.exit(3))
  .on("line", () => {
    holding = true;
    say("holding");
  });
