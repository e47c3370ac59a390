import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { random as makeRandom, type Random } from "../random.ts";
import { type Fault, type FaultKind, type Hits, noHits } from "./fault.ts";
import { type Relay, relay } from "./relay.ts";

/** What befalls a connection that is made now: drawn from the random numbers, which are the connection's own. */
export type Weather = (random: Random) => Fault[];

/** A TCP proxy that does to connections what networks do. */
export interface FaultyProxy {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** How often each kind of fault has struck bytes that were on their way. */
  readonly hits: Readonly<Hits>;
  /** How many connections are open. */
  readonly open: number;
  /** Where connections lead that are made from now on: with several ports, to one of them by chance. */
  lead(...ports: [number, ...number[]]): void;
  /** What befalls connections that are made from now on; `null` is fair weather. */
  weather(weather: Weather | null): void;
  /** Lets a fault befall every connection that is open; says how many there are. */
  inject(fault: Fault): number;
  /** Resets every connection that is open, at once; says how many there were. */
  cut(): number;
  /** Resets connections as soon as they are made, from now on or no longer. */
  refuse(refusing: boolean): void;
  /** Fair weather from now on, for open connections too. What is half open stays so. */
  heal(): void;
  /** Resets all that is open and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1 and hands on to a server there, with faults where they are asked for. Which faults
 * befall the n-th connection depends on the seed alone.
 *
 * @example
 * const proxy = await faultyProxy({ port: server.port, seed: 1 });
 * proxy.weather((random) => [{ kind: "cut", way: "down", after: random.int(0, 2_000) }]);
 * const shop = createClient({ baseUrl: proxy.url, apiKey });
 */
export async function faultyProxy({
  port: target,
  seed = 1,
}: {
  port: number;
  seed?: number;
}): Promise<FaultyProxy> {
  const hits = noHits();
  const relays = new Set<Relay>();
  let targets: readonly [number, ...number[]] = [target];
  let weather: Weather | null = null;
  let refusing = false;
  let connections = 0;
  const onHit = (kind: FaultKind) => {
    hits[kind]++;
  };

  function accept(client: Socket): void {
    const random = makeRandom(seed * 7919 + connections++);
    if (refusing) {
      onHit("refuse");
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: random.pick(targets), host: "127.0.0.1", allowHalfOpen: true });
    const made = relay(client, server, { random, onHit });
    for (const fault of weather?.(random) ?? []) made.arm(fault);
    relays.add(made);
    void made.closed.then(() => relays.delete(made));
  }

  function cut(): number {
    let struck = 0;
    for (const one of relays) if (one.cut()) struck++;
    return struck;
  }

  const listener = createServer({ allowHalfOpen: true }, accept);
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    hits,
    get open() {
      return relays.size;
    },
    lead(...ports) {
      targets = ports;
    },
    weather(given) {
      weather = given;
    },
    inject(fault) {
      for (const one of relays) one.arm(fault);
      return relays.size;
    },
    cut() {
      const struck = cut();
      hits.cut += struck;
      return struck;
    },
    refuse(given) {
      refusing = given;
    },
    heal() {
      weather = null;
      refusing = false;
      for (const one of relays) one.heal();
    },
    async close() {
      const closed = once(listener, "close");
      listener.close();
      cut();
      await Promise.all([closed, ...[...relays].map((one) => one.closed)]);
    },
  };
}
