import { createHash, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { Store } from "@amused/core";
import type { Pool } from "pg";
import { command, pageAfter, prepareAmused, rowOf, saleOf } from "./amused/database.ts";
import { prepareByHand } from "./by-hand/database.ts";
import * as byHand from "./by-hand/shop.ts";
import { backendCpu, backendCpuBetween } from "./measure/cpu.ts";
import { databaseServer, steadyPool } from "./measure/database.ts";
import { explained } from "./measure/explain.ts";
import { ratios, spread } from "./measure/statistics.ts";
import {
  connections,
  pageSize,
  productIdNumber,
  productNumber,
  productsInShop,
  saleNumber,
  shops,
} from "./shop.ts";

// Amused's statements through node-postgres at 16 connections, each beside the transaction that does the same by hand,
// without HTTP, validation or keys: for tuning SQL. `--explain` prints the plan of each instead.
const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    explain: { type: "boolean", default: false },
  },
});

const shop = 0;
const sellerId = shops[shop] as string;

type Work = (n: number) => Promise<unknown>;
type StoreWork = (store: Store, n: number) => Promise<unknown>;
interface Side {
  name: string;
  database: string;
  work: Work;
}
interface Measured {
  perSecond: number;
  nodeMs: number;
  postgresMs: number | null;
}

const server = await databaseServer();
const ours = await server.fresh("amused");
const theirs = await server.fresh("by_hand");
const ourPool = steadyPool(ours.url, connections);
const theirPool = steadyPool(theirs.url, connections);
try {
  const store = await prepareAmused(ourPool);
  await prepareByHand(theirPool);

  // Requests are hashed on both sides, as a server would do it for its idempotency key.
  const idempotency = (body: unknown) => ({
    key: randomUUID(),
    hash: createHash("sha256").update(JSON.stringify(body)).digest("hex"),
  });
  const caller = (body: unknown) => ({ sellerId, actor: "key:1", idempotency: idempotency(body) });
  const keyed = (body: unknown) => command(sellerId, idempotency(body));
  const after = (n: number) => (n % (productsInShop / pageSize)) * pageSize;
  const sale = (n: number) => saleOf(saleNumber(shop, n), new Date());
  const product = (n: number) => productNumber(productsInShop + n);

  const operations: Record<string, { amused: StoreWork; keyless?: StoreWork; byHand: Work }> = {
    get: {
      amused: (store, n) => store.products.find(sellerId, productIdNumber(shop, n)),
      byHand: (n) => byHand.getProduct(theirPool, sellerId, productIdNumber(shop, n)),
    },
    list: {
      amused: (store, n) => store.products.list(sellerId, pageAfter({ key: "", id: after(n) })),
      byHand: async (n) => JSON.stringify(await byHand.listProducts(theirPool, sellerId, pageSize, after(n))),
    },
    sale: {
      amused: (store, n) => store.sales.record(keyed(saleNumber(shop, n)), sale(n)),
      keyless: (store, n) => store.sales.record(command(sellerId, null), sale(n)),
      byHand: (n) => byHand.recordSale(theirPool, caller(saleNumber(shop, n)), saleNumber(shop, n)),
    },
    create: {
      amused: (store, n) => store.products.create(keyed(product(n)), rowOf(product(n))),
      keyless: (store, n) => store.products.create(command(sellerId, null), rowOf(product(n))),
      byHand: (n) => byHand.createProduct(theirPool, caller(product(n)), product(n)),
    },
  };

  for (const [name, { amused, keyless, byHand }] of Object.entries(operations)) {
    if (!name.includes(options.only)) continue;
    if (options.explain) {
      console.log(`\n## ${name}\n${await explained(ourPool, (store) => amused(store, 1_000_000))}`);
      continue;
    }
    const sides: Side[] = [
      { name: "amused", database: ours.name, work: (n) => amused(store, n) },
      ...(keyless
        ? [{ name: "without a key", database: ours.name, work: (n: number) => keyless(store, n) }]
        : []),
      { name: "by hand", database: theirs.name, work: byHand },
    ];
    report(name, await alternate(sides));
  }
  if (!options.explain) await reportPlans(ourPool);
} finally {
  await Promise.all([ourPool.end(), theirPool.end()]);
  await Promise.all([ours.drop(), theirs.drop()]);
  await server.close();
}

/** Rounds in turn, there and back, so that what changes with time meets all sides alike. */
async function alternate(sides: Side[]): Promise<Map<string, Measured[]>> {
  const results = new Map(sides.map(({ name }) => [name, [] as Measured[]]));
  let n = 0;
  const next = () => ++n;
  for (const { work } of sides) await drive(work, next, 500);
  for (let round = 0; round < Number(options.rounds); round++)
    for (const { name, database, work } of round % 2 === 0 ? sides : sides.toReversed()) {
      const cpuBefore = await backendCpu(server, database);
      const nodeBefore = process.cpuUsage();
      const { done, elapsed } = await drive(work, next, Number(options.seconds) * 1000);
      const { user, system } = process.cpuUsage(nodeBefore);
      const postgres = backendCpuBetween(cpuBefore, await backendCpu(server, database));
      results.get(name)?.push({
        perSecond: (done / elapsed) * 1000,
        nodeMs: (user + system) / 1000 / done,
        postgresMs: postgres === null ? null : (postgres * 1000) / done,
      });
    }
  return results;
}

async function drive(
  work: Work,
  next: () => number,
  forMs: number,
): Promise<{ done: number; elapsed: number }> {
  const from = performance.now();
  let done = 0;
  const connection = async () => {
    while (performance.now() - from < forMs) {
      await work(next());
      done++;
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return { done, elapsed: performance.now() - from };
}

function report(operation: string, results: Map<string, Measured[]>): void {
  const byHand = results.get("by hand") ?? [];
  for (const [side, measured] of results) {
    const rate = spread(measured.map(({ perSecond }) => perSecond)).median;
    const node = spread(measured.map(({ nodeMs }) => nodeMs)).median;
    const postgres = spread(measured.map(({ postgresMs }) => postgresMs ?? Number.NaN)).median;
    const times = spread(
      ratios(
        measured.map(({ perSecond }) => perSecond),
        byHand.map(({ perSecond }) => perSecond),
      ),
    );
    console.log(
      [
        operation.padEnd(7),
        side.padEnd(14),
        `${rate.toFixed(0).padStart(6)}/s`,
        `${((connections * 1000) / rate).toFixed(2).padStart(6)} ms`,
        `CPU ms: node ${node.toFixed(3)} postgres ${postgres.toFixed(3)}`,
        side === "by hand"
          ? ""
          : `× ${times.median.toFixed(2)} (${times.min.toFixed(2)}–${times.max.toFixed(2)})`,
      ].join("  "),
    );
  }
}

/** Whether PostgreSQL plans each statement anew; a big statement that is never planned for good costs more than it does. */
async function reportPlans(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ statement: string; generic: string; custom: string }>(
    `select left(regexp_replace(statement, '\\s+', ' ', 'g'), 60) as statement, generic_plans as generic, custom_plans as custom
     from pg_prepared_statements order by generic_plans + custom_plans desc limit 10`,
  );
  console.log("\nplans on one connection: generic, custom");
  for (const { statement, generic, custom } of rows)
    console.log(`${generic.padStart(7)} ${custom.padStart(7)}  ${statement}`);
}
