// Consumes until it is killed: `node consumer.ts URL SCHEMA`. A line for each event, when its handling begins and ends.
import { createAmused } from "@amused/core";
import pg from "pg";
import { postgresStore } from "../src/store.ts";

const [connectionString = "", schema = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
const amused = await createAmused({ store: postgresStore({ pool, schema }) });
// The end of the parent ends it too.
process.stdin.resume().on("end", () => process.exit(3));
amused.events.consume("survivor", ["product.created"], async ({ sellerId, seq }) => {
  process.stdout.write(`begin ${sellerId} ${seq}\n`);
  await new Promise((resolve) => setTimeout(resolve, 30));
  process.stdout.write(`end ${sellerId} ${seq}\n`);
});
