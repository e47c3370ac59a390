import { ratios, type Spread, spread } from "../measure/statistics.ts";
import type { Operation } from "./operations.ts";
import type { Round, Rounds } from "./rounds.ts";

/** How many times the requests of the application written by hand Amused is to answer. */
export const targets: Record<Operation, number> = {
  get: 1.4,
  list: 1.7,
  sale: 2,
  create: 1.8,
  "sale, one shop": 2,
  "create, one shop": 1.8,
};

export interface ServerSummary {
  perSecond: Spread;
  /** Seconds for 1,000 requests. */
  serverCpu: Spread | null;
  postgresCpu: Spread | null;
  driverCpu: Spread;
}

/** Amused against another, paired by round: times the requests, and times the CPU of server and PostgreSQL. */
export interface Comparison {
  requests: Spread;
  serverCpu: Spread | null;
  totalCpu: Spread | null;
}

export interface Summary {
  operation: Operation;
  servers: Record<string, ServerSummary>;
  againstExpress: Comparison;
  againstBare: Comparison;
  target: number;
  reached: boolean;
}

export function summarize(operation: Operation, results: Rounds): Summary {
  const of = (name: string) => results.get(name) ?? [];
  const againstExpress = compare(of("amused"), of("express"));
  return {
    operation,
    servers: Object.fromEntries([...results].map(([name, rounds]) => [name, summaryOf(rounds)])),
    againstExpress,
    againstBare: compare(of("amused"), of("bare")),
    target: targets[operation],
    reached: againstExpress.requests.median >= targets[operation],
  };
}

function summaryOf(rounds: Round[]): ServerSummary {
  return {
    perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
    serverCpu: known(rounds, ({ serverCpu }) => serverCpu),
    postgresCpu: known(rounds, ({ postgresCpu }) => postgresCpu),
    driverCpu: spread(rounds.map(({ driverCpu }) => driverCpu)),
  };
}

function compare(ours: Round[], theirs: Round[]): Comparison {
  const perSecond = (rounds: Round[]) => rounds.map(({ perSecond }) => perSecond);
  return {
    requests: spread(ratios(perSecond(ours), perSecond(theirs))),
    serverCpu: compareCpu(ours, theirs, ({ serverCpu }) => serverCpu),
    totalCpu: compareCpu(ours, theirs, ({ serverCpu, postgresCpu }) =>
      serverCpu === null || postgresCpu === null ? null : serverCpu + postgresCpu,
    ),
  };
}

type Read = (round: Round) => number | null;

/** CPU is only told where the system tells it for every round. */
function numbers(rounds: Round[], read: Read): number[] | null {
  const all = rounds.map(read).filter((value) => value !== null);
  return all.length === rounds.length ? all : null;
}

function known(rounds: Round[], read: Read): Spread | null {
  const all = numbers(rounds, read);
  return all === null ? null : spread(all);
}

function compareCpu(ours: Round[], theirs: Round[], read: Read): Spread | null {
  const [us, them] = [numbers(ours, read), numbers(theirs, read)];
  return us === null || them === null ? null : spread(ratios(us, them));
}
