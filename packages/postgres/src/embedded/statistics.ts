import type { Queryable } from "../queryable.ts";

/** With fewer rows more than it knows, the planner errs by little. */
const fewest = 200;
/** Sellers of whom it is remembered how much they wrote. */
const remembered = 10_000;

/**
 * Has tables analyzed when a seller's part of them has grown by some hundred rows, and each time it has grown by as much
 * again. Without it the planner takes that part for as small as it was, or for nothing where the seller is new to it, however
 * large the tables are, and reads all of it again and again; PGlite has no autovacuum to tell it.
 */
export function afterGrowth(
  database: Queryable,
  tables: readonly string[],
): (sellerId: string, rows: number) => <T>(result: T) => Promise<T> {
  const sellers = new Map<string, { written: number; next: number }>();
  return (sellerId, rows) => async (result) => {
    const seller = sellers.get(sellerId) ?? { written: 0, next: fewest };
    seller.written += rows;
    const isDue = seller.written >= seller.next;
    if (isDue) seller.next = seller.written * 2;
    // Anew at the end: who wrote longest ago is forgotten first, and analyzed for once more often.
    sellers.delete(sellerId);
    sellers.set(sellerId, seller);
    if (sellers.size > remembered)
      for (const oldest of sellers.keys()) {
        sellers.delete(oldest);
        break;
      }
    // One at a time: others have their turn between two.
    if (isDue) for (const table of tables) await database.query({ text: `analyze ${table}` });
    return result;
  };
}

/**
 * Vacuums the tables of which a fifth is new to it; PGlite has no autovacuum that does. Each holds the process up for as
 * long as it takes, and all of them at every start took seconds. Rows that are changed in place grow nothing, and need it once
 * in a hundred million transactions.
 */
export async function vacuumGrown(database: Queryable): Promise<void> {
  const { rows } = await database.query({ text: grown });
  for (const { name } of rows) await database.query({ text: `vacuum analyze ${name}` });
}

/** Tables of others than the database itself, with what is not known to be seen by all in them. */
const grown = `
  select oid::regclass::text as name
  from (select *, pg_relation_size(oid) / current_setting('block_size')::int as pages from pg_class where relkind = 'r' and oid >= 16384) c
  where pages - relallvisible > 50 + pages / 5 or age(relfrozenxid) > 100000000`;
