import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { relay } from "../src/faults/relay.ts";
import { type Fault, faultyProxy, random } from "../src/index.ts";

/** A server whose connections are the test's, and a proxy before it. */
async function setup() {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    accepted.push(socket);
  });
  await listening(server);
  const proxy = await faultyProxy({ port: portOf(server) });
  const clients: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of [...clients, ...accepted]) socket.destroy();
    await proxy.close();
    server.close();
  });

  /** A client, and its connection as the server has it, after the client has said hello. */
  async function meet(): Promise<{ client: Socket; server: Socket }> {
    const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    client.on("error", () => {});
    clients.push(client);
    const before = accepted.length;
    client.write("hello");
    await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(before + 1);
    const other = accepted.at(-1) as Socket;
    expect(String(await taken(other, 5))).toBe("hello");
    return { client, server: other };
  }
  return { proxy, server, meet };
}

async function listening(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** So many bytes, in however many pieces. */
async function taken(socket: Socket, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let size = 0; size < bytes; ) {
    const piece: Buffer | null = socket.read();
    if (piece === null) await once(socket, "readable");
    else {
      pieces.push(piece);
      size += piece.length;
    }
  }
  return Buffer.concat(pieces);
}

/** How a connection ends: what came before, and whether by a reset or in order. */
async function ending(socket: Socket): Promise<{ text: string; how: string }> {
  let text = "";
  try {
    for await (const piece of socket) text += piece;
    return { text, how: "end" };
  } catch (error) {
    return { text, how: String((error as NodeJS.ErrnoException).code) };
  }
}

const down = (fault: Omit<Fault & { kind: "cut" | "truncate" | "halfOpen" }, "way">): Fault => ({
  ...fault,
  way: "down",
});

test("in fair weather it hands on both ways, ends included, and leaves nothing behind", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, n) => n % 251));
  server.write(bytes);
  expect((await taken(client, bytes.length)).equals(bytes)).toBe(true);
  // An end of one side is not an end of the other.
  client.end("bye");
  expect(await ending(server)).toEqual({ text: "bye", how: "end" });
  server.end("good bye");
  expect(await ending(client)).toEqual({ text: "good bye", how: "end" });
  await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(0);
  expect(Object.values(proxy.hits)).toEqual([0, 0, 0, 0, 0, 0]);
});

test("a cut resets both sides after so many bytes, in the midst of what was sent", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  proxy.inject(down({ kind: "cut", after: 4 }));
  server.write("0123");
  expect(String(await taken(client, 4))).toBe("0123");
  expect(proxy.hits.cut).toBe(0);
  server.write("456789");
  const ends = await Promise.all([ending(client), ending(server)]);
  expect(ends.map(({ how }) => how)).toEqual(["ECONNRESET", "ECONNRESET"]);
  expect(ends[0].text).toBe("");
  expect(proxy.hits.cut).toBe(1);
});

test("a cut at once counts connections on which something had passed", async () => {
  const { proxy, meet } = await setup();
  const { client } = await meet();
  expect(proxy.cut()).toBe(1);
  expect((await ending(client)).how).toBe("ECONNRESET");
  expect(proxy.cut()).toBe(0);
  expect(proxy.hits.cut).toBe(1);
});

test("a truncated answer ends in order, too early", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  proxy.inject(down({ kind: "truncate", after: 3 }));
  server.write("0123456789");
  expect(await ending(client)).toEqual({ text: "012", how: "end" });
  expect((await ending(server)).how).toBe("ECONNRESET");
  client.end();
  await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(0);
  expect(proxy.hits.truncate).toBe(1);
});

test("a stall holds back one way for a while and loses nothing", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  proxy.inject({ kind: "stall", way: "down", after: 2, ms: 60_000 });
  server.write("01234");
  expect(String(await taken(client, 2))).toBe("01");
  await expect.poll(() => proxy.hits.stall, { timeout: 10_000 }).toBe(1);
  client.write("up");
  expect(String(await taken(server, 2))).toBe("up");
  await sleep(50);
  expect(client.readableLength).toBe(0);
  // Healing ends it early.
  proxy.heal();
  expect(String(await taken(client, 3))).toBe("234");
});

test("a half-open connection is dead on the server's side, and its client is not told", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  proxy.inject(down({ kind: "halfOpen", after: 1 }));
  server.write("01234");
  expect((await ending(server)).how).toBe("ECONNRESET");
  expect(String(await taken(client, 1))).toBe("0");
  client.write("is anybody there?");
  await sleep(50);
  expect([client.readyState, client.readableLength, proxy.hits.halfOpen]).toEqual(["open", 0, 1]);
  proxy.heal();
  expect(proxy.open).toBe(1);
  client.end();
  await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(0);
});

test("a trickle comes in small pieces, which splits characters", async () => {
  const { proxy, meet } = await setup();
  const { client, server } = await meet();
  const text = "Grüner Tee 茶 🍵 ".repeat(8);
  const size = Buffer.byteLength(text);
  proxy.inject({ kind: "trickle", way: "down", after: 0, bytes: size });
  server.write(text);
  const pieces: Buffer[] = [];
  for await (const piece of client) {
    pieces.push(piece);
    if (pieces.reduce((sum, { length }) => sum + length, 0) === size) break;
  }
  expect(String(Buffer.concat(pieces))).toBe(text);
  expect(pieces.length).toBeGreaterThan(10);
  const inTheMidst = pieces.filter(([first = 0]) => first >> 6 === 0b10);
  expect(inTheMidst.length).toBeGreaterThan(0);
  expect(proxy.hits.trickle).toBe(1);
});

test("connections are refused for as long as it is said", async () => {
  const { proxy, meet } = await setup();
  proxy.refuse(true);
  const client = connect(proxy.port, "127.0.0.1");
  expect((await ending(client)).how).toBe("ECONNRESET");
  expect(proxy.hits.refuse).toBe(1);
  proxy.refuse(false);
  await meet();
});

test("new connections lead to where the server is now, and nowhere while it is not there", async () => {
  const { proxy, server, meet } = await setup();
  const other = createServer((socket) => void socket.end("the other"));
  await listening(other);
  onTestFinished(() => void other.close());
  await meet();
  proxy.lead(portOf(other));
  expect(await ending(connect(proxy.port, "127.0.0.1"))).toEqual({ text: "the other", how: "end" });

  other.close();
  await once(other, "close");
  expect((await ending(connect(proxy.port, "127.0.0.1"))).how).toBe("ECONNRESET");
  proxy.lead(portOf(server));
  await meet();
});

test("what befalls a connection depends on the seed alone", async () => {
  const { server } = await setup();
  async function drawn(seed: number): Promise<number[][]> {
    const proxy = await faultyProxy({ port: portOf(server), seed });
    const plans: number[][] = [];
    proxy.weather((random) => {
      plans.push([random.int(0, 999), random.int(0, 999)]);
      return [];
    });
    for (let n = 0; n < 3; n++) {
      const client = connect(proxy.port, "127.0.0.1");
      await expect.poll(() => plans.length, { timeout: 10_000 }).toBe(n + 1);
      client.destroy();
    }
    await proxy.close();
    return plans;
  }
  const first = await drawn(7);
  expect(await drawn(7)).toEqual(first);
  expect(await drawn(8)).not.toEqual(first);
  expect(new Set(first.map(String)).size).toBe(3);
});

test("closing resets what is open, stalled or half open", async () => {
  const { proxy, meet } = await setup();
  const halfOpen = await meet();
  proxy.inject(down({ kind: "halfOpen", after: 0 }));
  halfOpen.server.write("01234");
  await expect.poll(() => proxy.hits.halfOpen, { timeout: 10_000 }).toBe(1);
  const stalled = await meet();
  expect(proxy.inject({ kind: "stall", way: "down", after: 3, ms: 60_000 })).toBe(2);
  stalled.server.write("01234");
  await expect.poll(() => proxy.hits.stall, { timeout: 10_000 }).toBe(1);
  const idle = await meet();
  await proxy.close();
  expect(proxy.open).toBe(0);
  for (const { client } of [halfOpen, stalled, idle]) expect((await ending(client)).how).toBe("ECONNRESET");
});

test("a connection can be cut in the moment in which an end was said to it", async () => {
  const accepted: Socket[] = [];
  const listener = createServer({ allowHalfOpen: true }, (socket) => void accepted.push(socket));
  await listening(listener);
  const far = [1, 2].map(() => connect({ port: portOf(listener), host: "127.0.0.1", allowHalfOpen: true }));
  for (const socket of far) socket.on("error", () => {});
  await expect.poll(() => accepted.length, { timeout: 10_000 }).toBe(2);
  const [client, server] = accepted as [Socket, Socket];
  const made = relay(client, server, { random: random(1), onHit: () => queueMicrotask(() => made.cut()) });
  made.arm(down({ kind: "truncate", after: 0 }));
  for (const socket of far) socket.write("0123");
  await made.closed;
  for (const socket of far) socket.destroy();
  listener.close();
});
