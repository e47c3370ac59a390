// Migrates once and prints what it applied: `node migrator.ts URL SCHEMA`.
import pg from "pg";
import { postgresStore } from "../src/store.ts";

const [url = "", schema = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 1 });
console.log(JSON.stringify((await postgresStore({ pool, schema }).migrate()).applied));
await pool.end();
