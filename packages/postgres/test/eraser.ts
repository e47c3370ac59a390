// Erases a seller until it is killed: `node eraser.ts URL SCHEMA SELLER`.
import { createAmused } from "@amused/core";
import pg from "pg";
import { postgresStore } from "../src/store.ts";

const [connectionString = "", schema = "", seller = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString });
const amused = await createAmused({ store: postgresStore({ pool, schema }) });
// The end of the parent ends it too.
process.stdin.resume().on("end", () => process.exit(3));
await amused.start();
await amused.sellers.erase(seller);
process.stdout.write("begun\n");
