import { startServer, startWorker } from "../measure/process.ts";
import type { Answer, Driven, Order, Paced } from "./driver.ts";
import type { Memory, Ready } from "./orders.ts";
import type { ProtocolName } from "./protocols.ts";

/** A server, and a driver of its own that holds its streams. */
export interface Contestant {
  name: string;
  pid: number;
  ask: Ask;
  stop(): Promise<void>;
}

interface Ask {
  (order: Extract<Order, { do: "drive" | "commands" }>): Promise<Driven>;
  (order: Extract<Order, { do: "pace" }>): Promise<Paced>;
  (order: Extract<Order, { do: "memory" }>): Promise<Memory>;
  (order: Extract<Order, { do: "meet" | "open" | "close" }>): Promise<unknown>;
}

interface Kind {
  title: string;
  script: string;
  args?: string[];
  protocol: ProtocolName;
}

/** All servers run the same command for an event; they differ in how it reaches the readers. */
export const kinds = {
  bare: { title: "node:http, one write per event", script: "bare.ts", protocol: "sse" },
  joined: {
    title: "node:http, one write per tick",
    script: "bare.ts",
    args: ["--joined"],
    protocol: "sse",
  },
  "better-sse": { title: "better-sse", script: "better-sse.ts", protocol: "sse" },
  "socket.io": { title: "socket.io (WebSocket)", script: "socket-io.ts", protocol: "socket.io" },
  amused: { title: "Amused", script: "amused.ts", protocol: "sse" },
} satisfies Record<string, Kind>;

export type Name = keyof typeof kinds;
export const names = Object.keys(kinds) as Name[];
export const titles = Object.fromEntries(names.map((name) => [name, kinds[name].title]));

export async function startContestants(): Promise<Contestant[]> {
  const starting = await Promise.allSettled(names.map(start));
  const started = starting.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = starting.find((each) => each.status === "rejected");
  if (failed === undefined) return started;
  await Promise.all(started.map(({ stop }) => stop()));
  throw failed.reason;
}

async function start(name: Name): Promise<Contestant> {
  const { script, args, protocol }: Kind = kinds[name];
  const server = await startServer<Ready>(
    new URL(`./servers/${script}`, import.meta.url),
    args,
    {},
    // Memory is compared once the garbage is gone.
    ["--expose-gc"],
  );
  const driver = startWorker<Order, Answer>(new URL("./driver.ts", import.meta.url));
  const stop = async () => void (await Promise.all([driver.stop(), server.stop()]));
  const ask = (async (order: Order) => driver.ask(order)) as Ask;
  try {
    await ask({ do: "meet", server, protocol });
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, pid: server.pid, ask, stop };
}
