import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { now } from "../measure/clock.ts";
import { marker, numberIn } from "./event.ts";
import type { Protocol } from "./protocols.ts";

/** Many streams of one server, read as cheaply as they can be: the bytes are looked through for the marker and dropped. */
export interface Streams {
  /** Bytes received since they were opened. */
  readonly bytes: number;
  /** Resolves once every stream has had so many more events; each exactly as many, or it rejects. */
  next(events: number): Promise<void>;
  /** When those streams that are looked at closely had the events of the last `next`. */
  readonly receipts: readonly number[];
  close(): Promise<void>;
}

/** So many connections are made at once, within what a server lets queue up. */
const atOnce = 100;
/** So many streams are looked at closely, from the first one opened to the last. */
const sampled = 50;
const patienceMs = 30_000;
const markerByte = marker.charCodeAt(0);

export async function openStreams(
  { hostname, port, host }: URL,
  protocol: Protocol,
  apiKeys: readonly string[],
  count: number,
): Promise<Streams> {
  const sockets: Socket[] = [];
  const received = new Uint32Array(count);
  const receipts: number[] = [];
  let bytes = 0;
  let closing = false;
  /** How many events each stream should have had when the wait is over, and how many streams have not. */
  let target = 0;
  let missing = 0;
  let waiting: PromiseWithResolvers<void> | null = null;
  let broken: Error | null = null;

  function fail(message: string): void {
    if (closing) return;
    broken ??= new Error(message);
    waiting?.reject(broken);
  }

  function tally(index: number, piece: Buffer): void {
    let events = 0;
    for (let at = piece.indexOf(markerByte); at !== -1; at = piece.indexOf(markerByte, at + 1)) events++;
    if (events === 0) return;
    const had = (received[index] ?? 0) + events;
    received[index] = had;
    if (had > target) fail(`Stream ${index} had ${had} events of ${target}.`);
    if (had === target && --missing === 0) waiting?.resolve();
  }

  /** Beyond counting: which events they are. Every stream begins with the next one, whose number is not known. */
  function watchClosely(): (piece: Buffer) => void {
    let rest = "";
    let last: number | null = null;
    return (piece) => {
      const at = now();
      rest += piece.toString("latin1");
      let end = 0;
      for (const found of rest.matchAll(numberIn)) {
        const n = Number(found[1]);
        if (last !== null && n !== last + 1) fail(`After event ${last} a stream had ${n}.`);
        last = n;
        end = found.index + found[0].length;
        receipts.push(at);
      }
      rest = rest.slice(Math.max(end, rest.length - 500));
    };
  }

  function open(index: number): Promise<void> {
    const closely = index % Math.ceil(count / sampled) === 0 ? watchClosely() : null;
    const opened = Promise.withResolvers<void>();
    let head: string | null = "";
    const hear = (piece: Buffer) => {
      bytes += piece.length;
      if (head !== null) {
        head += piece.toString("latin1");
        const next = protocol.opening(head);
        if (next === "open") {
          head = null;
          opened.resolve();
        } else if (next !== null) socket.write(next);
        return;
      }
      const reply = protocol.reply(piece);
      if (reply !== null) socket.write(reply);
      tally(index, piece);
      closely?.(piece);
    };
    const callback = (length: number) => {
      hear(buffer.subarray(0, length));
      return true;
    };
    // One buffer for all: what it holds has been looked through before anyone else's bytes are read.
    const onread = { buffer, callback };
    const socket = createConnection({ host: hostname, port: Number(port), noDelay: true, onread });
    sockets.push(socket);
    socket.on("error", (error) => fail(`Stream ${index}: ${error.message}`));
    socket.on("close", () => {
      fail(`The server closed stream ${index}.`);
      opened.reject(new Error(`Stream ${index} did not open. It was told: ${head}`));
    });
    socket.write(protocol.request(host, apiKeys[index % apiKeys.length]));
    return opened.promise;
  }

  const buffer = Buffer.alloc(65_536);
  for (let from = 0; from < count; from += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, i) => open(from + i)));

  return {
    get bytes() {
      return bytes;
    },
    receipts,
    async next(events) {
      if (broken !== null) throw broken;
      receipts.length = 0;
      target += events;
      missing = count;
      waiting = Promise.withResolvers();
      const patience = setTimeout(() => fail(`${missing} streams of ${count} lack events.`), patienceMs);
      await waiting.promise.finally(() => clearTimeout(patience));
    },
    async close() {
      closing = true;
      const open = sockets.filter(({ closed }) => !closed);
      const closed = open.map((socket) => once(socket, "close"));
      for (const socket of open) socket.destroy();
      await Promise.all(closed);
    },
  };
}
