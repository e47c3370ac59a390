import { mkdir, writeFile } from "node:fs/promises";
import { machine, table, times } from "../measure/report.ts";
import type { Spread } from "../measure/statistics.ts";
import { titles } from "./contestants.ts";
import { type Mode, modes, type Plan } from "./level.ts";
import { type LevelSummary, type ModeSummary, rivals, targets } from "./summary.ts";

export interface Report extends Plan {
  date: string;
  node: string;
  machine: string;
  titles: Record<string, string>;
  targets: typeof targets;
  levels: LevelSummary[];
}

export function reportOn(plan: Plan, levels: LevelSummary[]): Report {
  const date = new Date().toISOString().slice(0, 10);
  return { date, node: process.version, machine: machine(), titles, targets, ...plan, levels };
}

/** Leaves the figures for programs and the tables for documents. */
export async function writeReport(folder: URL, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("fanout.json", folder), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(new URL("fanout.md", folder), markdown(report));
}

export function markdown({ levels, date, machine, node, rounds, seconds, pace }: Report): string {
  const paced = levels.flatMap(({ paced, streams }) => (paced === null ? [] : [{ paced, streams }]));
  return [
    `Thousands of deliveries per CPU second of the server, all that it does for the event counted in:`,
    table([
      ["streams", "events", ...Object.values(titles), "Amused against", "ratio", "target", "delivery alone"],
      ...levels.flatMap((level) => [modeRow(level, "single"), modeRow(level, "burst")]),
    ]),
    `Every server runs the same command for an event. In "delivery alone" the CPU of the commands, measured with nobody reading (${commandRange(levels)} ms each), is taken off on both sides. Ratios are paired by round: the median, and the range over the rounds.`,
    "KiB per stream, resident (on V8's heap and accounted for by it):",
    table([
      ["streams", ...Object.values(titles), "Amused : bare", "target"],
      ...levels.flatMap((level) => memoryRow(level)),
    ]),
    ...paced.flatMap(({ paced, streams }) => [
      `Milliseconds from the command being asked for to its event being received, at ${pace?.perSecond} events per second and ${thousands(streams)} streams:`,
      table([
        ["", "p50", "p99", "p50 from its end", "p99 from its end"],
        ...Object.entries(paced).map(([name, { sinceAsked, sinceCommitted }]) => [
          titles[name] ?? name,
          ...[sinceAsked.p50, sinceAsked.p99, sinceCommitted.p50, sinceCommitted.p99].map(milliseconds),
        ]),
      ]),
    ]),
    `${date}; ${machine}; Node ${node}; ${rounds} rounds of ${seconds} s for each server and way of coming${pace === null ? "" : `, ${pace.rounds} of ${pace.seconds} s of paced load`}, in turn.`,
    "",
  ].join("\n\n");
}

function modeRow(level: LevelSummary, mode: Mode): string[] {
  const { servers, against, deliveryAgainst, reached }: ModeSummary = level[mode];
  const { burst } = modes[mode];
  const rival = rivals[mode];
  return [
    thousands(level.streams),
    burst === 1 ? "one at a time" : `${burst} in a tick`,
    ...Object.keys(titles).map((name) => inThousands(servers[name]?.perCpuSecond)),
    rival,
    times(against[rival] ?? null),
    `${targets[mode]} ${reached === null ? "" : said(reached)}`,
    times(deliveryAgainst[rival] ?? null),
  ];
}

function memoryRow({ streams, memory, memoryAgainstBare }: LevelSummary): string[][] {
  if (memoryAgainstBare === null) return [];
  const weights = Object.keys(titles).map((name) => {
    const { rss = Number.NaN, heap = Number.NaN } = memory[name] ?? {};
    return `${kib(rss)} (${kib(heap)})`;
  });
  const reached = said(memoryAgainstBare <= targets.memory);
  return [[thousands(streams), ...weights, memoryAgainstBare.toFixed(2), `≤ ${targets.memory} ${reached}`]];
}

/** What the commands have cost, from the least to the most. */
function commandRange(levels: LevelSummary[]): string {
  const costs = levels
    .flatMap(({ single, burst }) => [single, burst])
    .flatMap(({ commandMs }) => Object.values(commandMs))
    .filter((cost) => cost !== null);
  return `${Math.min(...costs).toFixed(3)}–${Math.max(...costs).toFixed(3)}`;
}

const said = (reached: boolean) => (reached ? "reached" : "not reached");
const thousands = (n: number) => n.toLocaleString("en");
const inThousands = (spread: Spread | null | undefined) =>
  spread == null ? "" : (spread.median / 1000).toFixed(0);
const kib = (bytes: number) => (bytes / 1024).toFixed(1);
const milliseconds = ({ median, min, max }: Spread) =>
  `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
