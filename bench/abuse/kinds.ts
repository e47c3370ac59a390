import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Whom it is done to, and with what. */
export interface Victim {
  url: string;
  /** A good key of another seller than the one that is measured. */
  apiKey: string;
  signal: AbortSignal;
}

/** Counts what was done, by what came of it: `429`, `closed`. */
export type Note = (outcome: string) => void;

export interface Abuse {
  title: string;
  run(victim: Victim, note: Note): Promise<void>;
}

/** How many do the same at once, each over connections of its own, as fast as they are answered. */
const atOnce = 16;

export const abuses = {
  "slow headers": {
    title: "500 connections send a byte of a header each second",
    run: (victim, note) =>
      trickle(victim, note, 500, () => `GET /v1/products HTTP/1.1\r\nHost: ${victim.url}\r\nX-Slow: `),
  },
  "slow bodies": {
    title: "200 connections with a good key send a byte of a body each second",
    run: (victim, note) =>
      trickle(victim, note, 200, () => `${post(victim)}Content-Length: 1000000\r\n\r\n{"name":"`),
  },
  "oversized bodies": {
    title: "16 at once send 8 MB in chunks where 1 MB is taken, again and again",
    run: (victim, note) =>
      repeat(victim, note, () => [`${post(victim)}Transfer-Encoding: chunked\r\n\r\n`, ...chunks]),
  },
  "header flood": {
    title: "16 at once send a thousand headers of 60 bytes, again and again",
    run: (victim, note) =>
      repeat(victim, note, () => [`GET /v1/products HTTP/1.1\r\nHost: x\r\n${manyHeaders}\r\n`]),
  },
  "streams of one key": {
    title: "200 streams of one key, which publishes as fast as its rate lets it",
    run: streams,
  },
  "login guesser": {
    title: "16 at once try one key after the other",
    run: (victim, note) => ask(victim, note, () => get(`amk_${hex()}_${hex()}${hex()}${hex()}`)),
  },
  "one key too fast": {
    title: "16 at once list products with one key, without a pause",
    run: (victim, note) => ask(victim, note, () => get(victim.apiKey)),
  },
} satisfies Record<string, Abuse>;

export type AbuseName = keyof typeof abuses;

const hex = () => Math.floor(Math.random() * 2 ** 32).toString(16);
const manyHeaders = Array.from({ length: 1_000 }, (_, n) => `X-${n}: ${"a".repeat(52)}\r\n`).join("");
const piece = "a".repeat(65_536);
const chunks = new Array<string>(128).fill(`10000\r\n${piece}\r\n`);
const get = (key: string) =>
  `GET /v1/products?limit=50 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n\r\n`;
const post = ({ apiKey }: Victim) =>
  `POST /v1/products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\n`;

/** Connections that are opened again when they are closed, and say a byte each second. */
async function trickle(victim: Victim, note: Note, count: number, begin: () => string): Promise<void> {
  const one = async () => {
    while (!victim.signal.aborted) {
      const socket = await open(victim);
      if (socket === null) return;
      socket.write(begin());
      const answer = answerOf(socket);
      let closed = false;
      void answer.then(() => {
        closed = true;
      });
      while (!closed && !victim.signal.aborted) {
        await sleep(1_000, null, { signal: victim.signal }).catch(() => {});
        socket.write("a");
      }
      if (closed) note(statusOf(await answer));
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: count }, one));
}

/** Requests over a connection each. */
async function repeat(victim: Victim, note: Note, request: () => string[]): Promise<void> {
  const one = async () => {
    while (!victim.signal.aborted) {
      const socket = await open(victim);
      if (socket === null) return;
      const answer = answerOf(socket);
      for (const part of request()) {
        if (socket.destroyed || victim.signal.aborted) break;
        if (!socket.write(part, "latin1"))
          await Promise.race([new Promise((drained) => socket.once("drain", drained)), answer]);
      }
      // A server that does not answer is left at the end.
      note(statusOf(await Promise.race([answer, aborted(victim.signal)])));
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Requests over connections that stay, one after the other on each. */
async function ask(victim: Victim, note: Note, request: () => string, count = atOnce): Promise<void> {
  const one = async () => {
    while (!victim.signal.aborted) {
      const socket = await open(victim);
      if (socket === null) return;
      await new Promise<void>((done) => {
        let text = "";
        socket.on("close", () => done());
        socket.on("data", (bytes: Buffer) => {
          text += bytes.toString("latin1");
          const head = text.indexOf("\r\n\r\n");
          const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
          if (head === -1 || text.length < head + 4 + length) return;
          note(statusOf(text));
          text = "";
          if (victim.signal.aborted) socket.destroy();
          else socket.write(request());
        });
        socket.write(request());
      });
    }
  };
  await Promise.all(Array.from({ length: count }, one));
}

/** Streams that read whatever comes, and one connection that publishes. */
async function streams(victim: Victim, note: Note): Promise<void> {
  const { apiKey, signal } = victim;
  const read = async () => {
    const socket = await open(victim);
    socket?.once("data", (bytes: Buffer) => note(`stream ${statusOf(bytes.toString("latin1", 0, 20))}`));
    socket?.resume();
    socket?.write(`GET /v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${apiKey}\r\n\r\n`);
    await aborted(signal);
  };
  const event = JSON.stringify({ type: "abuse.said", payload: { text: "x".repeat(1_000) } });
  const head = post(victim).replace("/v1/products", "/v1/events");
  const publish = () => `${head}Content-Length: ${event.length}\r\n\r\n${event}`;
  await Promise.all([...Array.from({ length: 200 }, read), ask(victim, note, publish, 1)]);
}

/** A connection, or `null` when it is over. */
async function open({ url, signal }: Victim): Promise<Socket | null> {
  while (!signal.aborted) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on("error", () => {});
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("close", () => resolve(false));
    });
    if (connected) {
      signal.addEventListener("abort", () => socket.destroy(), { once: true });
      return socket;
    }
    await sleep(50);
  }
  return null;
}

/** All that comes until the connection is closed. */
function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (bytes: Buffer) => {
      text = (text + bytes.toString("latin1")).slice(0, 100);
    });
    socket.on("close", () => resolve(text));
    socket.on("end", () => resolve(text));
  });
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("");
    signal.addEventListener("abort", () => resolve(""), { once: true });
  });
}

function statusOf(answer: string): string {
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? "closed";
}
