import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Store } from "@amused/core";
import { AmusedError } from "@amused/core/errors";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import pg from "pg";
import { turnByTurn } from "./embedded/connection.ts";
import { inParts } from "./embedded/demand-parts.ts";
import { lockFolder } from "./embedded/lock.ts";
import { afterGrowth, vacuumGrown } from "./embedded/statistics.ts";
import { findTemplate, templateName, unpackFolder } from "./embedded/template.ts";
import { migrations } from "./migrate.ts";
import { postgresStore } from "./store.ts";

export interface PgliteStoreOptions {
  /** A backup to begin with; the folder must be empty or not there. Streams of old cursors are told to load afresh. */
  restore?: Uint8Array;
}

/** A store that also gives out copies of itself. */
export interface PgliteStore extends Store {
  /** The whole database as an archive, for `restore`. Writes wait while it is made. */
  backup(): Promise<Uint8Array>;
}

const schema = "amused";

/**
 * Keeps the facts in a PostgreSQL that runs within this process, in a folder of this machine. A killed process loses
 * nothing it acknowledged; a power failure may (PGlite does not fsync). Takes about 350 MB of memory. One process at a
 * time can have a folder.
 *
 * @example
 * const amused = await createAmused({ store: await pgliteStore("./data") });
 */
export async function pgliteStore(
  folder: string,
  { restore }: PgliteStoreOptions = {},
): Promise<PgliteStore> {
  const data = join(resolve(folder), "pg");
  mkdirSync(dirname(data), { recursive: true });
  const unlock = lockFolder(data);
  try {
    const fresh = !existsSync(data) || readdirSync(data).length === 0;
    if (restore !== undefined && !fresh)
      throw new AmusedError("conflict", `${data} holds a database. Restore into an empty folder.`, {});
    if (fresh) fill(data, restore);
    const database = await PGlite.create(data);
    // Everything goes through this one connection. A second way into the database, be it PGlite's own query(), silently
    // loses acknowledged rows.
    const pool = new pg.Pool({ ...createPgConfig(turnByTurn(database)), max: 1 } as pg.PoolConfig);
    // A sample of a few thousand rows tells enough, and is read in a tenth of the time, in which all others wait.
    await pool.query("set default_statistics_target = 20");
    const store = postgresStore({ pool, schema, rowSecurity: false });
    if (restore !== undefined) {
      await store.migrate();
      // Positions given out after the backup was made must not be mistaken for ones of the new history. Those of consumers
      // were in the backup with the log itself, and go with it.
      const renamed = `
        with streams as (update ${schema}.event_streams set epoch = $1)
        update ${schema}.checkpoints c set epoch = $1 from ${schema}.event_streams s
        where s.seller_id = c.seller_id and s.epoch = c.epoch`;
      await pool.query(renamed, [randomBytes(5).toString("hex")]);
    }
    // Many rows are written by imports and by passes over a catalogue.
    const growth = (...tables: string[]) =>
      afterGrowth(
        pool,
        tables.map((table) => `${schema}.${table}`),
      );
    const created = growth("products", "stock_movements", "events");
    const sold = growth("sales_history", "events");
    const predicted = growth("ai_predictions", "events");
    const recommended = growth("ai_recommendations", "events");
    return {
      ...store,
      products: {
        ...store.products,
        import: (command, batch) =>
          store.products
            .import(command, batch)
            .then(created(command.sellerId, batch.create.length + batch.update.length)),
      },
      sales: {
        ...store.sales,
        import: (command, importId, lines, dryRun) =>
          store.sales
            .import(command, importId, lines, dryRun)
            .then(sold(command.sellerId, dryRun ? 0 : lines.length)),
      },
      demand: { ...store.demand, read: inParts(store.demand.read) },
      predictions: {
        ...store.predictions,
        save: (command, rows) =>
          store.predictions.save(command, rows).then(predicted(command.sellerId, rows.length)),
      },
      recommendations: {
        ...store.recommendations,
        save: (command, rows) =>
          store.recommendations.save(command, rows).then(recommended(command.sellerId, rows.length)),
      },
      async prune(before) {
        const pruned = await store.prune(before);
        // Nothing else does it here: PGlite has no autovacuum.
        await vacuumGrown(pool);
        return pruned;
      },
      async backup() {
        // Holding the only connection keeps everyone else out while the files are read.
        const client = await pool.connect();
        try {
          await client.query("checkpoint");
          return new Uint8Array(await (await database.dumpDataDir("gzip")).arrayBuffer());
        } finally {
          client.release();
        }
      },
      async close() {
        await pool.end();
        await database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A new database from a backup or the template; without either, PGlite makes one from nothing, which takes seconds. */
function fill(data: string, restore: Uint8Array | undefined): void {
  const archive =
    restore ??
    findTemplate(templateName(migrations()), [
      new URL("./", import.meta.url),
      new URL("../dist/", import.meta.url),
    ]);
  if (archive === null) return;
  rmSync(data, { recursive: true, force: true });
  unpackFolder(archive, data);
}
