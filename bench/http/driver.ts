import { answerOrders } from "../measure/process.ts";
import { connections } from "../shop.ts";
import { type Connection, openConnection } from "./connection.ts";
import { type HttpRequest, type Operation, operations } from "./operations.ts";

// A process of its own that sends requests and counts answers, told over IPC what to do.
export interface Target {
  name: string;
  url: string;
  /** That of each shop. */
  apiKeys: string[];
}

/** Either for a time, or so many requests on each connection. */
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
/** How many requests of an operation each shop of a target has had. */
const sent = new Map<string, number>();

answerOrders(drive);

async function drive({ target, operation, forMs = 0, count = 0 }: Order): Promise<Driven> {
  const lines = await connectionsTo(target);
  const { shopOf, request } = operations[operation];
  const driven: Driven = { done: 0, elapsedMs: 0, cpuMs: 0, bytes: 0, unexpected: null };
  const cpu = process.cpuUsage();
  const from = performance.now();
  const goesOn = (turn: number) => (count > 0 ? turn < count : performance.now() - from < forMs);

  const run = async (line: Connection, index: number) => {
    const shop = shopOf(index);
    const write = requestWriter(target, shop);
    const series = `${target.name} ${operation} ${shop}`;
    let cursor: string | null = null;
    for (let turn = 0; goesOn(turn); turn++) {
      const n = (sent.get(series) ?? 0) + 1;
      sent.set(series, n);
      const sending = request(shop, n, cursor);
      const { status, body } = await line.send(write(sending));
      if (operation === "list") cursor = cursorOf(body);
      driven.done++;
      driven.bytes += body.length;
      if (status !== sending.expected) driven.unexpected ??= `${status} ${body.toString("utf8", 0, 300)}`;
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

/** Writes a shop's requests as they go over the wire; all of it is ASCII. */
function requestWriter({ url, apiKeys }: Target, shop: number) {
  const always = ` HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: Bearer ${apiKeys[shop]}\r\n`;
  return ({ method, path, body, key }: HttpRequest): string => {
    if (body === undefined) return `${method} ${path}${always}\r\n`;
    const about = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nIdempotency-Key: ${key}\r\n`;
    return `${method} ${path}${always}${about}\r\n${body}`;
  };
}

/** What a page ends with, read off its tail without parsing it. */
function cursorOf(body: Buffer): string | null {
  return /"nextCursor": ?"([^"]+)"/.exec(body.subarray(-200).toString("latin1"))?.[1] ?? null;
}
