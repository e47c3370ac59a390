import { createAmused, type Store } from "@amused/core";
import { postgresBroadcaster, postgresStore } from "@amused/postgres";
import { pgliteStore } from "@amused/postgres/pglite";
import { createApp } from "@amused/server";
import { listen } from "../../packages/server/src/cli/listen.ts";
import { steadyPool } from "../measure/database.ts";
import { peakMemory } from "../measure/memory.ts";
import { type StoreKind, sellerId } from "./shop.ts";

// A server as `amused start` runs it; its background work begins when it is told to (`POST /bench/start`).
const [kind, place = "", threads = "1"] = process.argv.slice(2) as [StoreKind, string, string];

/** What a server says of itself. */
export interface State {
  /** Products with a prediction. */
  predicted: number;
  /** Seconds from the begin of background work to the first prediction, in which the shop is learned. */
  learned: number | null;
  /** The most memory that it has had so far, and what it has now, in MB. */
  memory: { peak: number | null; now: number };
  errors: string[];
}

export interface Ready {
  url: string;
  apiKey: string;
}

const predicted = new Set<number>();
const errors: string[] = [];
let startedAt = 0;
let learned: number | null = null;
const store = counted(await openStore());
const broadcaster = kind === "postgres" ? postgresBroadcaster({ pool: steadyPool(place, 2) }) : undefined;
const amused = await createAmused({
  ...{ store, threads: Number(threads), onError: (error) => errors.push(String(error)) },
  ...(broadcaster && { broadcaster }),
});
const app = createApp(amused);
const { url } = await listen(
  async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/start") {
      startedAt = performance.now();
      await amused.start();
      return new Response();
    }
    if (pathname !== "/bench/state") return app.fetch(request);
    const memory = { peak: peakMemory(process.pid), now: process.memoryUsage.rss() / 2 ** 20 };
    return Response.json({ predicted: predicted.size, learned, memory, errors } satisfies State);
  },
  0,
  "127.0.0.1",
);
const { key } = await amused.keys.create({ sellerId, name: "bench", scopes: ["read", "write"] });
const ready: Ready = { url, apiKey: key };
console.log(JSON.stringify(ready));

async function openStore(): Promise<Store> {
  if (kind === "postgres") return postgresStore({ pool: steadyPool(place, 16) });
  return pgliteStore(place);
}

/** A store that counts the products it has predictions of. */
function counted(of: Store): Store {
  const predictions: Store["predictions"] = {
    ...of.predictions,
    async save(command, rows) {
      const written = await of.predictions.save(command, rows);
      // One at a time are those that something happened to: the pass comes with several.
      if (rows.length > 2) learned ??= (performance.now() - startedAt) / 1000;
      for (const { productId } of rows) predicted.add(productId);
      return written;
    },
  };
  return { ...of, predictions };
}
