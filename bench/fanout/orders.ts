import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { now } from "../measure/clock.ts";
import { eventNumber, type StockAdjusted } from "./event.ts";
import type { Shop } from "./shop.ts";

/** What a server says once it is ready. */
export interface Ready {
  url: string;
  /** Where it takes orders. */
  orders: number;
  /** API keys for its streams; none where it asks for none. */
  apiKeys: string[];
}

/** What a process holds, in bytes, once the garbage is gone. */
export interface Memory {
  rss: number;
  /** On V8's heap, and outside of it on its account. */
  heap: number;
}

/** When an event was asked for, and when its command was done, in milliseconds of the machine's clock. */
export interface Caused {
  asked: number;
  committed: number;
}

/**
 * Takes orders from the driver over a connection of its own, a line each: `event 20` runs so many commands in one tick
 * and answers nothing, `timed 1` answers with its times, `memory` collects garbage and says what is left.
 */
export async function takeOrders(shop: Shop, publish?: (event: StockAdjusted) => void): Promise<number> {
  let last = 0;

  async function cause(): Promise<Caused> {
    const n = ++last;
    const asked = now();
    await shop.adjust(n);
    const committed = now();
    publish?.(eventNumber(n));
    return { asked, committed };
  }

  async function follow(order: string): Promise<unknown> {
    const [kind, count] = order.split(" ");
    if (kind === "memory") return memory();
    const caused = await Promise.all(Array.from({ length: Number(count) }, cause));
    return kind === "timed" ? caused : null;
  }

  const server = createServer({ noDelay: true }, (socket) => {
    socket.setEncoding("latin1").on("data", (lines) => {
      for (const order of String(lines).trimEnd().split("\n"))
        follow(order).then(
          (answer) => {
            if (answer !== null) socket.write(`${JSON.stringify(answer)}\n`);
          },
          (error: unknown) => {
            console.error(error);
            process.exit(1);
          },
        );
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function memory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error("Start it with --expose-gc.");
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
