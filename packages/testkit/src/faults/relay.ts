import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../random.ts";
import type { Fault, FaultKind, Way } from "./fault.ts";

/** One connection that is handed on, and what is to befall it. */
export interface Relay {
  arm(fault: Fault): void;
  /** Forgets what has not struck yet, and ends what passes by itself: stalls and trickles. */
  heal(): void;
  /** Resets both sides now. Tells whether it was alive and anything had passed. */
  cut(): boolean;
  /** Settled when both sides are closed. */
  closed: Promise<unknown>;
}

/**
 * While the end that was said before is still on its way, Node can not reset a socket: it would neither close it nor say
 * that it did not.
 */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** Hands on between two sockets (both with `allowHalfOpen`), byte for byte, but for the faults. */
export function relay(
  client: Socket,
  server: Socket,
  { random, onHit }: { random: Random; onHit: (kind: FaultKind) => void },
): Relay {
  const armed: Record<Way, (Fault & { at: number })[]> = { up: [], down: [] };
  const passed: Record<Way, number> = { up: 0, down: 0 };
  const trickling: Record<Way, number> = { up: 0, down: 0 };
  const gone = new AbortController();
  let healing = new AbortController();
  /** The server's side is gone and the client does not know. */
  let deaf = false;

  function reset(): void {
    gone.abort();
    resetSocket(client);
    resetSocket(server);
  }

  async function put(sink: Socket, bytes: Buffer): Promise<void> {
    gone.signal.throwIfAborted();
    if (!sink.write(bytes)) await once(sink, "drain", { signal: gone.signal });
  }

  /** Hands on what no fault is due for; in small pieces where it trickles. */
  async function pass(way: Way, sink: Socket, bytes: Buffer): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const size = trickling[way] > 0 ? Math.min(rest.length, random.int(1, 7)) : rest.length;
      await put(sink, rest.subarray(0, size));
      passed[way] += size;
      rest = rest.subarray(size);
      if (trickling[way] === 0) continue;
      trickling[way] = Math.max(0, trickling[way] - size);
      // Long enough that the next piece is read by itself.
      await sleep(1, undefined, { signal: gone.signal });
    }
  }

  async function strike(fault: Fault, receiver: Socket): Promise<void> {
    onHit(fault.kind);
    if (fault.kind === "cut") reset();
    else if (fault.kind === "trickle") trickling[fault.way] = fault.bytes;
    else if (fault.kind === "stall") await pause(fault.ms);
    else if (fault.kind === "halfOpen") {
      deaf = true;
      gone.abort();
      resetSocket(server);
      client.once("end", () => client.destroy());
    } else {
      gone.abort();
      receiver.end();
      resetSocket(receiver === client ? server : client);
    }
  }

  async function pause(ms: number): Promise<void> {
    const signal = AbortSignal.any([gone.signal, healing.signal]);
    await sleep(ms, undefined, { signal }).catch(() => gone.signal.throwIfAborted());
  }

  async function carry(way: Way, source: Socket, sink: Socket): Promise<void> {
    try {
      for await (const chunk of source.iterator({ destroyOnReturn: false })) {
        let rest: Buffer = chunk;
        while (rest.length > 0 && !gone.signal.aborted) {
          const [fault] = armed[way];
          const free = fault === undefined ? rest.length : Math.min(rest.length, fault.at - passed[way]);
          if (free > 0) {
            await pass(way, sink, rest.subarray(0, free));
            rest = rest.subarray(free);
          } else if (fault !== undefined) {
            armed[way].shift();
            await strike(fault, sink);
          }
        }
      }
      // Who ended its side may still be listening.
      if (!deaf) sink.end();
    } catch {
      if (!gone.signal.aborted) reset();
      // Nobody carries it any more, but its end is still to be heard.
      source.resume();
    }
  }

  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on("error", () => {});
  }
  const closed = Promise.all([
    carry("up", client, server),
    carry("down", server, client),
    ...[client, server].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
  ]);

  return {
    closed,
    arm(fault) {
      armed[fault.way].push({ ...fault, at: passed[fault.way] + fault.after });
      armed[fault.way].sort((a, b) => a.at - b.at);
    },
    heal() {
      for (const way of ["up", "down"] as const) {
        armed[way] = [];
        trickling[way] = 0;
      }
      healing.abort();
      healing = new AbortController();
    },
    cut() {
      const live = !gone.signal.aborted && passed.up + passed.down > 0;
      reset();
      return live;
    },
  };
}
