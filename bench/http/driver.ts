import { connections } from "../shop.ts";
import { type Connection, openConnection } from "./connection.ts";
import { type Operation, operations } from "./operations.ts";

// A process of its own that sends requests and counts answers, told over IPC what to do.
export interface Target {
  name: string;
  url: string;
  apiKey: string | null;
}

/** Either for a time, or so many requests. */
export interface Order {
  target: Target;
  operation: Operation;
  forMs?: number;
  count?: number;
}

export interface Driven {
  done: number;
  elapsedMs: number;
  /** CPU of this process. */
  cpuMs: number;
  /** Bytes of bodies received. */
  bytes: number;
  /** The first answer that was not as expected. */
  unexpected: string | null;
}

/** A server closes what idles for five seconds, so that connections are not used again after two. */
const freshMs = 2000;
const open = new Map<string, { lines: Connection[]; usedAt: number }>();
const sent = new Map<string, number>();

process.on("message", (order: Order) => {
  drive(order).then(
    (driven) => process.send?.(driven),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());

async function drive({ target, operation, forMs = 0, count = 0 }: Order): Promise<Driven> {
  const lines = await connectionsTo(target);
  const series = `${target.name} ${operation}`;
  const make = requestWriter(target, operation);
  const driven: Driven = { done: 0, elapsedMs: 0, cpuMs: 0, bytes: 0, unexpected: null };
  const cpu = process.cpuUsage();
  const from = performance.now();
  let begun = 0;
  const goesOn = () => (count > 0 ? begun < count : performance.now() - from < forMs);
  const expected = operations[operation](1, null).expected;

  const run = async (line: Connection) => {
    let cursor: string | null = null;
    while (goesOn()) {
      begun++;
      const n = (sent.get(series) ?? 0) + 1;
      sent.set(series, n);
      const { status, body } = await line.send(make(n, cursor));
      if (operation === "list") cursor = cursorOf(body);
      driven.done++;
      driven.bytes += body.length;
      if (status !== expected) driven.unexpected ??= `${status} ${body.toString("utf8", 0, 300)}`;
    }
  };
  await Promise.all(lines.map(run));
  open.set(target.name, { lines, usedAt: performance.now() });
  const { user, system } = process.cpuUsage(cpu);
  return { ...driven, elapsedMs: performance.now() - from, cpuMs: (user + system) / 1000 };
}

/** Connections stay open from one order to the next that follows at once: from the warm-up of a round to its measurement. */
async function connectionsTo({ name, url }: Target): Promise<Connection[]> {
  const { hostname, port } = new URL(url);
  const known = open.get(name);
  if (known !== undefined && performance.now() - known.usedAt < freshMs) return known.lines;
  for (const line of known?.lines ?? []) line.close();
  const made = await Promise.all(
    Array.from({ length: connections }, () => openConnection(hostname, Number(port))),
  );
  open.set(name, { lines: made, usedAt: performance.now() });
  return made;
}

/** Writes the nth request as it goes over the wire; all of it is ASCII. */
function requestWriter({ url, apiKey }: Target, operation: Operation) {
  const make = operations[operation];
  const credential = apiKey === null ? "" : `Authorization: Bearer ${apiKey}\r\n`;
  const always = ` HTTP/1.1\r\nHost: ${new URL(url).host}\r\n${credential}`;
  return (n: number, cursor: string | null): string => {
    const { method, path, body } = make(n, cursor);
    if (body === undefined) return `${method} ${path}${always}\r\n`;
    const about = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const key = apiKey === null ? "" : `Idempotency-Key: bench-${operation}-${n}\r\n`;
    return `${method} ${path}${always}${about}${key}\r\n${body}`;
  };
}

/** What a page ends with, read off its tail without parsing it. */
function cursorOf(body: Buffer): string | null {
  return /"nextCursor": ?"([^"]+)"/.exec(body.subarray(-200).toString("latin1"))?.[1] ?? null;
}
