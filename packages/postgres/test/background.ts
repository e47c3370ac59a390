// Works in the background until it is killed: `node background.ts URL SCHEMA`. One line, once it has begun.
import { createAmused } from "@amused/core";
import pg from "pg";
import { postgresStore } from "../src/store.ts";

const [connectionString = "", schema = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
const amused = await createAmused({ store: postgresStore({ pool, schema }) });
// The end of the parent ends it too.
process.stdin.resume().on("end", () => process.exit(3));
await amused.start();
process.stdout.write("begun\n");
