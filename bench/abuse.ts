import { parseArgs } from "node:util";
import type { Order as Abusing, Done } from "./abuse/abuser.ts";
import { type AbuseName, abuses } from "./abuse/kinds.ts";
import { type Measured, markdown, writeReport } from "./abuse/report.ts";
import { startAmused } from "./amused/command.ts";
import { prepareAmused } from "./amused/database.ts";
import { exactCpuOf } from "./measure/cpu.ts";
import { databaseServer, steadyPool } from "./measure/database.ts";
import { startWorker } from "./measure/process.ts";
import { quantile } from "./measure/statistics.ts";
import type { Driven, Order } from "./nightly/driver.ts";
import { productsInShop, shops } from "./shop.ts";

// `npm run bench:abuse`: what a seller notices of somebody else's abuse. See README.md.
const { values: options } = parseArgs({
  options: {
    /** Of each round, without the abuse and again with it. */
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    /** Requests per second of the seller that is measured. */
    rate: { type: "string", default: "40" },
    only: { type: "string", multiple: true },
    /** Others use the machine too: noted in the results. */
    busy: { type: "boolean", default: false },
    /** Leaves no results. */
    quick: { type: "boolean", default: false },
  },
});
const seconds = Number(options.seconds);
const perSecond = Number(options.rate);
const rounds = Number(options.rounds);
const kinds = (options.only ?? Object.keys(abuses)) as AbuseName[];

const server = await databaseServer();
const database = await server.fresh("abuse");
const driver = startWorker<Order, Driven>(new URL("./nightly/driver.ts", import.meta.url));
const abuser = startWorker<Abusing, Done>(new URL("./abuse/abuser.ts", import.meta.url));
const pool = steadyPool(database.url, 1);
try {
  await prepareAmused(pool);
  await pool.end();
  const amused = await startAmused(database.url);
  try {
    const [neighbour, stranger] = shops as [string, string];
    const { url } = amused;
    // So many that none of them comes to the limit of a key, as several people of one shop have.
    const apiKeys = await Promise.all(Array.from({ length: 8 }, () => amused.keyFor(neighbour)));
    const drive = async (ms: number) => {
      const driven = await driver.ask({ url, apiKeys, perSecond, forMs: ms, products: productsInShop });
      if (driven.unexpected !== null) throw new Error(`The seller was answered ${driven.unexpected}`);
      return driven.ms;
    };
    await drive(5_000);
    const measured: Measured[] = [];
    for (const kind of kinds) {
      const quiet: number[] = [];
      const during: number[] = [];
      const outcomes: Record<string, number> = {};
      const cpu = { quiet: 0, during: 0 };
      for (let round = 0; round < rounds; round++) {
        const from = exactCpuOf(amused.pid) ?? 0;
        quiet.push(...(await drive(seconds * 1000)));
        const until = exactCpuOf(amused.pid) ?? 0;
        cpu.quiet += (until - from) / (rounds * seconds);
        const order = { kind, url, apiKey: await amused.keyFor(stranger), forMs: (seconds + 1) * 1000 };
        const before = exactCpuOf(amused.pid) ?? 0;
        const [done] = await Promise.all([
          abuser.ask(order),
          // It is at its work before anything is measured.
          new Promise((begun) => setTimeout(begun, 500)).then(async () => {
            during.push(...(await drive(seconds * 1000)));
          }),
        ]);
        cpu.during += ((exactCpuOf(amused.pid) ?? 0) - before) / (rounds * (seconds + 1));
        for (const [outcome, count] of Object.entries(done.outcomes))
          outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      }
      measured.push({ kind, quiet: latency(quiet), during: latency(during), cpu, outcomes });
      console.log(measured.at(-1));
    }
    const report = { perSecond, seconds, rounds, busy: options.busy, measured };
    console.log(markdown(report));
    if (!options.quick) await writeReport(new URL("./results/", import.meta.url), report);
  } finally {
    await amused.stop();
  }
} finally {
  await Promise.all([driver.stop(), abuser.stop()]);
  await database.drop();
  await server.close();
}

function latency(ms: number[]) {
  return { count: ms.length, p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), max: Math.max(...ms) };
}
