import { setTimeout as sleep } from "node:timers/promises";
import { matches } from "@amused/core";
import type { History, LogEvent, Random } from "@amused/testkit";
import { adminKey } from "./cluster.ts";
import { connect, keyFor } from "./connect.ts";
import { type Reader, type ReaderPlan, startReader } from "./reader.ts";
import { readLog, readStock } from "./records.ts";
import { createWriter, type Market, type Writer } from "./writer.ts";

/** One seller with everybody who writes and reads for him. */
export interface Party {
  key: string;
  products: readonly number[];
  writers: [Writer, ...Writer[]];
  readers: Reader[];
  /** Waits until every reader has come to where the head is now. After a while no longer, and the history will tell. */
  arrival(): Promise<void>;
  /** What happened; the log and the stock as they are now. */
  history(): Promise<History>;
}

export interface PartyPlan {
  sellerId: string;
  /** Where writers and readers connect to, and where those who look after them do. */
  urls: { through: string; direct(): string };
  /** How many writers there are beside the first. */
  writers: number;
  readers(products: readonly number[]): ReaderPlan[];
  /** Random numbers for each who needs some. */
  draw(): Random;
  /** One clock for all. */
  tick(): number;
  /** Ends the readers. */
  stop: AbortSignal;
}

/** Longer than anything takes that comes to an end at all. */
const patienceMs = 60_000;

export async function gather({ sellerId, urls, draw, stop, ...plan }: PartyPlan): Promise<Party> {
  const key = await keyFor(urls.direct(), adminKey, sellerId);
  const market: Market = { products: [], tick: plan.tick };
  const writer = (n: number) =>
    // Some clients try again by themselves.
    createWriter(`w${n}`, connect(urls.through, key, n % 2 === 0 ? 2 : 0), market, draw());
  const first = writer(0);
  // Something to sell, and to watch.
  for (let n = 0; n < 3; n++) await first.create();
  const readers = plan
    .readers(market.products)
    .map((one) => startReader(one, () => connect(urls.through, key).shop, draw(), stop));
  const writers: Party["writers"] = [first];
  while (writers.length <= plan.writers) writers.push(writer(writers.length));
  const direct = () => connect(urls.direct(), key, 3).shop;

  return {
    key,
    products: market.products,
    writers,
    readers,
    async arrival() {
      const log = await readLog(direct());
      for (const reader of readers) reader.log.until = log.length;
      await until(() => readers.every((reader) => hasArrived(reader, log)));
    },
    history: async () => ({
      sellerId,
      operations: writers.flatMap(({ operations }) => operations),
      readers: readers.map(({ log }) => log),
      log: await readLog(direct()),
      stock: await readStock(direct()),
    }),
  };
}

function hasArrived({ log: { filter, seen, until } }: Reader, log: LogEvent[]): boolean {
  const last = log.findLast((event) => event.seq <= until && matches(event, filter));
  return last === undefined || (seen.at(-1)?.seq ?? 0) >= last.seq;
}

export async function until(comes: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!comes() && performance.now() < end) await sleep(5);
}
