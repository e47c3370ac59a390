import { ratios, type Spread, spread } from "../measure/statistics.ts";
import type { Latency } from "./driver.ts";
import { type Level, type Mode, modeNames } from "./level.ts";
import type { MemoryPerStream } from "./memory.ts";
import type { PacedRound, Round } from "./rounds.ts";

/** What Amused is to reach of the one it is measured against, and no more than which share of its memory it may take. */
export const targets = { single: 0.9, burst: 0.8, memory: 1.25 };

/** From so many streams on the memory that a process holds says something about each. */
const weighable = 1000;

/** Whom Amused is measured against. */
export const rivals: Record<Mode, string> = { single: "bare", burst: "joined" };

export interface ServerSummary {
  /** Deliveries per CPU second of the server, the commands' CPU and all. */
  perCpuSecond: Spread | null;
  perSecond: Spread;
  bytesPerDelivery: Spread;
}

export interface ModeSummary {
  servers: Record<string, ServerSummary>;
  /** CPU milliseconds of a command that nobody reads of. */
  commandMs: Record<string, number | null>;
  /** Amused's deliveries per CPU second to each of the others', paired by round. */
  against: Record<string, Spread | null>;
  /** The same when the CPU of the commands alone is taken off on both sides. */
  deliveryAgainst: Record<string, Spread | null>;
  reached: boolean | null;
}

export interface PacedSummary {
  sinceAsked: { p50: Spread; p99: Spread };
  sinceCommitted: { p50: Spread; p99: Spread };
}

export interface LevelSummary {
  streams: number;
  single: ModeSummary;
  burst: ModeSummary;
  memory: Record<string, MemoryPerStream>;
  /** Of what is resident; `null` with few streams, which weigh less than what the process gains and loses by itself. */
  memoryAgainstBare: number | null;
  paced: Record<string, PacedSummary> | null;
}

export function summarize(level: Level): LevelSummary {
  const [single, burst] = modeNames.map((mode) => summarizeMode(level, mode)) as [ModeSummary, ModeSummary];
  const rss = (name: string) => level.memory.get(name)?.rss ?? Number.NaN;
  const memoryAgainstBare = level.streams < weighable ? null : rss("amused") / rss("bare");
  return {
    streams: level.streams,
    single,
    burst,
    memory: Object.fromEntries(level.memory),
    memoryAgainstBare,
    paced:
      level.paced &&
      Object.fromEntries([...level.paced].map(([name, rounds]) => [name, summarizePaced(rounds)])),
  };
}

function summarizeMode(level: Level, mode: Mode): ModeSummary {
  const results = level.rounds[mode];
  const compare = (read: (round: Round) => number | null) =>
    Object.fromEntries(
      [...results.keys()]
        .filter((name) => name !== "amused")
        .map((name) => [name, paired(results.get("amused") ?? [], results.get(name) ?? [], read)]),
    );
  const against = compare(({ perCpuSecond }) => perCpuSecond);
  const ratio = against[rivals[mode]];
  return {
    servers: Object.fromEntries([...results].map(([name, rounds]) => [name, summarizeServer(rounds)])),
    commandMs: Object.fromEntries(
      [...level.commands[mode]].map(([name, cost]) => [name, cost === null ? null : cost * 1000]),
    ),
    against,
    deliveryAgainst: compare(({ perCpuSecondOfDelivery }) => perCpuSecondOfDelivery),
    reached: ratio == null ? null : ratio.median >= targets[mode],
  };
}

function summarizeServer(rounds: Round[]): ServerSummary {
  const perCpuSecond = known(rounds, (round) => round.perCpuSecond);
  return {
    perCpuSecond: perCpuSecond && spread(perCpuSecond),
    perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
    bytesPerDelivery: spread(rounds.map(({ bytesPerDelivery }) => bytesPerDelivery)),
  };
}

function summarizePaced(rounds: PacedRound[]): PacedSummary {
  const of = (read: (round: PacedRound) => Latency) => ({
    p50: spread(rounds.map((round) => read(round).p50)),
    p99: spread(rounds.map((round) => read(round).p99)),
  });
  return {
    sinceAsked: of(({ sinceAsked }) => sinceAsked),
    sinceCommitted: of(({ sinceCommitted }) => sinceCommitted),
  };
}

/** CPU is only told where the system tells it for every round. */
function known(rounds: Round[], read: (round: Round) => number | null): number[] | null {
  const all = rounds.map(read).filter((value) => value !== null);
  return all.length === rounds.length ? all : null;
}

function paired(ours: Round[], theirs: Round[], read: (round: Round) => number | null): Spread | null {
  const [us, them] = [known(ours, read), known(theirs, read)];
  return us === null || them === null ? null : spread(ratios(us, them));
}
