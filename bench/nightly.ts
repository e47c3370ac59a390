import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { databaseServer } from "./measure/database.ts";
import { startServer, startWorker } from "./measure/process.ts";
import { quantile } from "./measure/statistics.ts";
import type { Driven, Order } from "./nightly/driver.ts";
import { type Measured, writeReport } from "./nightly/report.ts";
import type { Ready, State } from "./nightly/server.ts";
import { fill, type StoreKind } from "./nightly/shop.ts";

// `npm run bench:nightly`: a catalogue is forecast in the background while a modest load goes on. See README.md.
const { values: options } = parseArgs({
  options: {
    products: { type: "string", default: "10000" },
    days: { type: "string", default: "730" },
    /** Requests per second. */
    rate: { type: "string", default: "40" },
    /** Of idling, measured before. */
    seconds: { type: "string", default: "30" },
    store: { type: "string", multiple: true, default: ["postgres", "embedded"] },
    /** Threads; with 0 the event loop does it all. */
    threads: { type: "string", default: "1" },
    /** After which a pass is left as far as it is, on each store; without it, it is waited for. */
    minutes: { type: "string" },
    /** Others use the machine too: noted in the results. */
    busy: { type: "boolean", default: false },
    /** Leaves no results. */
    quick: { type: "boolean", default: false },
  },
});
const catalogue = { products: Number(options.products), days: Number(options.days) };
const perSecond = Number(options.rate);
const mostSeconds = options.minutes === undefined ? Number.POSITIVE_INFINITY : Number(options.minutes) * 60;
const driver = startWorker<Order, Driven>(new URL("./nightly/driver.ts", import.meta.url));
const measured: Measured[] = [];
try {
  for (const kind of options.store as StoreKind[])
    measured.push(await (kind === "postgres" ? onServer() : embedded()));
} finally {
  await driver.stop();
}
if (!options.quick)
  await writeReport(new URL("./results/", import.meta.url), {
    ...{ ...catalogue, perSecond, threads: Number(options.threads), busy: options.busy, measured },
  });

async function onServer(): Promise<Measured> {
  const server = await databaseServer();
  const database = await server.fresh("nightly");
  try {
    return await measure("postgres", database.url);
  } finally {
    await database.drop();
    await server.close();
  }
}

async function embedded(): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), "amused-nightly-"));
  try {
    return await measure("embedded", folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(kind: StoreKind, place: string): Promise<Measured> {
  console.log(`${kind}: fills ${catalogue.products} products with ${catalogue.days} days of sales …`);
  await fill(kind, place, catalogue);
  const script = new URL("./nightly/server.ts", import.meta.url);
  const server = await startServer<Ready>(script, [kind, place, options.threads]);
  const { url, apiKey } = server;
  const state = async () => (await (await fetch(`${url}/bench/state`)).json()) as State;
  const drive = async (ms: number) => {
    const order = { url, apiKeys: [apiKey], perSecond, forMs: ms, products: catalogue.products };
    const driven = await driver.ask(order);
    if (driven.unexpected !== null) throw new Error(`The server answered ${driven.unexpected}`);
    return driven.ms;
  };
  try {
    await drive(5_000);
    const idle = await drive(Number(options.seconds) * 1000);
    const { memory } = await state();
    const from = performance.now();
    await fetch(`${url}/bench/start`, { method: "POST" });
    const during: number[] = [];
    let now = await state();
    const seconds = () => (performance.now() - from) / 1000;
    while (now.predicted < catalogue.products && seconds() < mostSeconds) {
      during.push(...(await drive(2_000)));
      now = await state();
      console.log(`${kind}: ${now.predicted} after ${seconds().toFixed(0)} s`);
      if (now.errors.length > 0) throw new Error(now.errors.join("\n"));
    }
    const result: Measured = {
      ...{
        kind,
        predicted: now.predicted,
        seconds: seconds(),
        learned: now.learned,
        idle: latency(idle),
        during: latency(during),
      },
      memory: { idle: memory.now, peak: now.memory.peak },
    };
    console.log(result);
    return result;
  } finally {
    await server.stop();
  }
}

function latency(ms: number[]) {
  return { count: ms.length, p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), max: Math.max(...ms) };
}
