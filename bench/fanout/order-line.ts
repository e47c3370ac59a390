import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Caused, Memory } from "./orders.ts";

/** The driver's end of the connection over which a server takes orders. */
export interface OrderLine {
  /** So many events in one tick. Nothing is answered, so that it costs the server as little as can be. */
  event(count: number): void;
  /** The same, answered once the commands are done. */
  timed(count: number): Promise<Caused[]>;
  memory(): Promise<Memory>;
  close(): void;
}

export async function openOrderLine(port: number): Promise<OrderLine> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  const answers = createInterface(socket)[Symbol.asyncIterator]();
  async function ask<T>(order: string): Promise<T> {
    socket.write(`${order}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error("The server takes no more orders.");
    return JSON.parse(value) as T;
  }
  return {
    event: (count) => void socket.write(`event ${count}\n`),
    timed: (count) => ask(`timed ${count}`),
    memory: () => ask("memory"),
    close: () => socket.destroy(),
  };
}
