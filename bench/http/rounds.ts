import { backendCpu, backendCpuBetween, cpuOf } from "../measure/cpu.ts";
import type { DatabaseServer } from "../measure/database.ts";
import type { Worker } from "../measure/process.ts";
import type { Contestant } from "./contestants.ts";
import type { Driven, Order } from "./driver.ts";
import type { Operation } from "./operations.ts";

export type Driver = Worker<Order, Driven>;

/** What one round of one operation on one server came to. CPU is in seconds for 1,000 requests. */
export interface Round {
  perSecond: number;
  serverCpu: number | null;
  postgresCpu: number | null;
  driverCpu: number;
  /** Bytes of a body. */
  bytes: number;
}

export type Rounds = Map<string, Round[]>;

/** Rounds in turn, there and back (a b c c b a), so that what changes with time meets all servers alike. */
export async function alternate(
  server: DatabaseServer,
  driver: Driver,
  contestants: Contestant[],
  operation: Operation,
  { rounds, forMs }: { rounds: number; forMs: number },
): Promise<Rounds> {
  const results: Rounds = new Map(contestants.map(({ target }) => [target.name, []]));
  for (let round = 0; round < rounds; round++)
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      // Connections that were closed for being idle are back, and their statements prepared, before the clock starts.
      await drive(driver, contestant, operation, { forMs: Math.min(300, forMs / 3) });
      results.get(contestant.target.name)?.push(await measure(server, driver, contestant, operation, forMs));
    }
  return results;
}

async function measure(
  server: DatabaseServer,
  driver: Driver,
  contestant: Contestant,
  operation: Operation,
  forMs: number,
): Promise<Round> {
  const { pid, database } = contestant;
  const postgresBefore = await backendCpu(server, database.name);
  const serverBefore = cpuOf(pid);
  const { done, elapsedMs, cpuMs, bytes } = await drive(driver, contestant, operation, { forMs });
  const serverAfter = cpuOf(pid);
  const postgres = backendCpuBetween(postgresBefore, await backendCpu(server, database.name));
  const perThousand = (seconds: number) => (seconds / done) * 1000;
  return {
    perSecond: (done / elapsedMs) * 1000,
    serverCpu: serverBefore === null || serverAfter === null ? null : perThousand(serverAfter - serverBefore),
    postgresCpu: postgres === null ? null : perThousand(postgres),
    driverCpu: perThousand(cpuMs / 1000),
    bytes: bytes / done,
  };
}

/** Drives, and does not go on when an answer is not as expected: a fast refusal is no result. */
export async function drive(
  driver: Driver,
  { target, title }: Contestant,
  operation: Operation,
  howMuch: { forMs: number } | { count: number },
) {
  const driven = await driver.ask({ target, operation, ...howMuch });
  if (driven.unexpected !== null) throw new Error(`${title} answered ${operation} with ${driven.unexpected}`);
  return driven;
}
