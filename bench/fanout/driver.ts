import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../measure/clock.ts";
import { answerOrders } from "../measure/process.ts";
import { quantile } from "../measure/statistics.ts";
import { type OrderLine, openOrderLine } from "./order-line.ts";
import type { Memory, Ready } from "./orders.ts";
import { type ProtocolName, protocols } from "./protocols.ts";
import { openStreams, type Streams } from "./streams.ts";

// A process of its own that holds the streams of one server, tells it when to cause events, and counts what arrives.
export type Order =
  | { do: "meet"; server: Ready; protocol: ProtocolName }
  /** So many streams beside those that are open. */
  | { do: "open"; streams: number }
  /** Events for a time, so many in one tick, and the next ones when every stream has had the last. */
  | { do: "drive"; burst: number; forMs: number }
  /** The same commands with nobody reading. */
  | { do: "commands"; burst: number; forMs: number }
  /** So many events per second, each by itself. */
  | { do: "pace"; perSecond: number; events: number }
  | { do: "memory" }
  | { do: "close" };

export interface Driven {
  events: number;
  deliveries: number;
  elapsedMs: number;
  /** Bytes received. */
  bytes: number;
}

/** Milliseconds until a reader had an event. */
export interface Latency {
  p50: number;
  p99: number;
}

export interface Paced {
  /** Since the command was asked for. */
  sinceAsked: Latency;
  /** Since the command was done, as whoever gave it sees it. */
  sinceCommitted: Latency;
}

export type Answer = Driven | Paced | Memory | Record<never, never>;

let line: OrderLine | null = null;
let server: { ready: Ready; protocol: ProtocolName } | null = null;
let open: { streams: Streams; count: number } | null = null;

answerOrders(async (order: Order): Promise<Answer> => {
  if (order.do === "meet") {
    server = { ready: order.server, protocol: order.protocol };
    line = await openOrderLine(order.server.orders);
    return {};
  }
  if (line === null || server === null) throw new Error("The driver has not met its server.");
  if (order.do === "memory") return line.memory();
  if (order.do === "commands") return commands(line, order);
  if (order.do === "open") {
    const { ready, protocol } = server;
    const url = new URL(ready.url);
    const streams = await openStreams(url, protocols[protocol], ready.apiKeys, order.streams);
    open = open === null ? { streams, count: order.streams } : both(open, streams, order.streams);
    return {};
  }
  if (open === null) throw new Error("No streams are open.");
  if (order.do === "drive") return drive(line, open, order);
  if (order.do === "pace") return pace(line, open, order);
  await open.streams.close();
  open = null;
  return {};
});

/** What is open and what comes to it, as one. */
function both(
  { streams: first, count }: { streams: Streams; count: number },
  second: Streams,
  more: number,
): { streams: Streams; count: number } {
  const streams: Streams = {
    get bytes() {
      return first.bytes + second.bytes;
    },
    get receipts() {
      return [...first.receipts, ...second.receipts];
    },
    next: async (events) => void (await Promise.all([first.next(events), second.next(events)])),
    close: async () => void (await Promise.all([first.close(), second.close()])),
  };
  return { streams, count: count + more };
}

async function drive(
  line: OrderLine,
  { streams, count }: { streams: Streams; count: number },
  { burst, forMs }: { burst: number; forMs: number },
): Promise<Driven> {
  const from = performance.now();
  const before = streams.bytes;
  let events = 0;
  do {
    const delivered = streams.next(burst);
    line.event(burst);
    await delivered;
    events += burst;
  } while (performance.now() - from < forMs);
  const elapsedMs = performance.now() - from;
  return { events, deliveries: events * count, elapsedMs, bytes: streams.bytes - before };
}

async function commands(
  line: OrderLine,
  { burst, forMs }: { burst: number; forMs: number },
): Promise<Driven> {
  const from = performance.now();
  let events = 0;
  do {
    await line.timed(burst);
    events += burst;
  } while (performance.now() - from < forMs);
  return { events, deliveries: 0, elapsedMs: performance.now() - from, bytes: 0 };
}

async function pace(
  line: OrderLine,
  { streams }: { streams: Streams },
  { perSecond, events }: { perSecond: number; events: number },
): Promise<Paced> {
  const sinceAsked: number[] = [];
  const sinceCommitted: number[] = [];
  const from = now();
  for (let i = 0; i < events; i++) {
    await sleep(Math.max(0, from + (i * 1000) / perSecond - now()));
    const delivered = streams.next(1);
    const [caused] = await line.timed(1);
    await delivered;
    if (caused === undefined) throw new Error("The server told no times.");
    for (const at of streams.receipts) {
      sinceAsked.push(at - caused.asked);
      sinceCommitted.push(at - caused.committed);
    }
  }
  return { sinceAsked: latency(sinceAsked), sinceCommitted: latency(sinceCommitted) };
}

function latency(milliseconds: number[]): Latency {
  return { p50: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99) };
}
