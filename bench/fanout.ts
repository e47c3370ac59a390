import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { titles } from "./fanout/contestants.ts";
import { type Mode, modeNames, modes, type Plan, runLevel } from "./fanout/level.ts";
import { reportOn, writeReport } from "./fanout/report.ts";
import { type LevelSummary, rivals, summarize, targets } from "./fanout/summary.ts";
import { openFilesAllowed } from "./measure/open-files.ts";
import { times } from "./measure/report.ts";

// `npm run bench:fanout`: Amused's event stream beside what else carries events to many readers. See README.md.
const { values: options } = parseArgs({
  options: {
    /** A moment of each with a few streams: whether everything works, not how fast. Leaves no results. */
    quick: { type: "boolean", default: false },
    /** Other numbers of streams than the usual ones; leaves no results. */
    streams: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "1.5" },
  },
});
const levels = (options.streams ?? (options.quick ? "20,100" : "100,1000,5000")).split(",").map(Number);
const plan: Plan = options.quick
  ? { rounds: 1, seconds: 0.2, pace: null }
  : { rounds: Number(options.rounds), seconds: Number(options.seconds), pace: null };
assert(
  levels.every((streams) => Number.isInteger(streams) && streams > 0),
  "--streams is a list such as 100,1000.",
);
/** The paced load is measured with so many streams, or as many as there are. */
const pacedAt = levels.includes(1000) ? 1000 : Math.max(...levels);
const pace = options.quick
  ? { perSecond: 20, seconds: 0.5, rounds: 1 }
  : { perSecond: 10, seconds: 4, rounds: plan.rounds };

const needed = Math.max(...levels) + 100;
const allowed = openFilesAllowed();
assert(
  allowed === null || allowed >= needed,
  `A process may have ${allowed} files open here, and ${needed} are needed: raise it with ulimit -n, or ask for fewer --streams.`,
);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopping.abort();
    process.exitCode = 1;
  });

const summaries: LevelSummary[] = [];
for (const streams of levels) {
  console.log(`\n${streams.toLocaleString("en")} streams each …`);
  const level = await runLevel(
    streams,
    { ...plan, pace: streams === pacedAt ? pace : null },
    stopping.signal,
  );
  const summary = summarize(level);
  summaries.push(summary);
  tell(summary);
}
console.log("\nEvery reader had every event once and in order.");
if (!options.quick && options.streams === undefined)
  await writeReport(new URL("./results/", import.meta.url), reportOn({ ...plan, pace }, summaries));

function tell(summary: LevelSummary): void {
  for (const mode of modeNames) tellMode(summary, mode);
  console.log("  memory per stream, resident (heap)");
  for (const [name, { rss, heap }] of Object.entries(summary.memory))
    console.log(`    ${name.padEnd(10)} ${kib(rss)} KiB (${kib(heap)})`);
  const ratio = summary.memoryAgainstBare?.toFixed(2) ?? "is not told of so few";
  console.log(`    Amused : bare ${ratio}; target ≤ ${targets.memory}`);
  if (summary.paced === null) return;
  console.log(`  paced, ${pace.perSecond} events/s, from being asked for to receipt`);
  for (const [name, { sinceAsked }] of Object.entries(summary.paced)) {
    const { p50, p99 } = sinceAsked;
    console.log(
      `    ${name.padEnd(10)} p50 ${p50.median.toFixed(1).padStart(6)} ms   p99 ${p99.median.toFixed(1).padStart(6)} ms`,
    );
  }
}

function tellMode(summary: LevelSummary, mode: Mode): void {
  const { servers, commandMs, against, deliveryAgainst, reached } = summary[mode];
  console.log(`  ${mode === "single" ? "one event at a time" : `${modes[mode].burst} events in a tick`}`);
  for (const [name, { perCpuSecond, perSecond }] of Object.entries(servers)) {
    const cpu = perCpuSecond?.median.toFixed(0) ?? "?";
    console.log(
      `    ${name.padEnd(10)} ${cpu.padStart(8)} deliveries per CPU s   ${perSecond.median.toFixed(0).padStart(7)}/s   the command alone ${commandMs[name]?.toFixed(3) ?? "?"} CPU ms`,
    );
  }
  const rival = rivals[mode];
  console.log(
    `    Amused : ${titles[rival]} ${times(against[rival] ?? null)}; delivery alone ${times(deliveryAgainst[rival] ?? null)}; target ${targets[mode]} ${reached ? "reached" : "not reached"}`,
  );
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1).padStart(6);
}
