// Writes until it is killed: `node writer.ts postgres URL SCHEMA` or `node writer.ts pglite FOLDER`.
import { writeUntilKilled } from "@amused/testkit/crash-writer";
import pg from "pg";
import { pgliteStore } from "../src/pglite.ts";
import { postgresStore } from "../src/store.ts";

const [kind, where = "", schema = ""] = process.argv.slice(2);
const store =
  kind === "pglite"
    ? await pgliteStore(where)
    : postgresStore({ pool: new pg.Pool({ connectionString: where }), schema });
await store.migrate();
await writeUntilKilled(store);
