import { writeFile } from "node:fs/promises";
import { machine, table } from "../measure/report.ts";
import { type AbuseName, abuses } from "./kinds.ts";

/** Milliseconds of the other seller's requests. */
export interface Latency {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** What one abuse did to the other seller. */
export interface Measured {
  kind: AbuseName;
  quiet: Latency;
  during: Latency;
  /** Of the server's process, in CPU seconds a second. */
  cpu: { quiet: number; during: number };
  /** How often what came of the abuse. */
  outcomes: Record<string, number>;
}

export interface Report {
  perSecond: number;
  seconds: number;
  rounds: number;
  busy: boolean;
  measured: Measured[];
}

/** What the other seller's p99 may be at most, as a multiple of its quiet one. */
export const target = 2;

export async function writeReport(folder: URL, report: Report): Promise<void> {
  await writeFile(new URL("abuse.md", folder), markdown(report));
}

export function markdown({ perSecond, seconds, rounds, busy, measured }: Report): string {
  const ms = ({ p50, p99, max }: Latency) => [p50, p99, max].map((value) => value.toFixed(1)).join(", ");
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const rows = measured.map(({ kind, quiet, during, cpu, outcomes }) => {
    const ratio = during.p99 / quiet.p99;
    return [
      ...[`${kind}: ${abuses[kind].title}`, ms(quiet), ms(during)],
      ...[`${ratio.toFixed(2)}${ratio < target ? "" : " **over**"}`],
      ...[`${percent(cpu.quiet)}, ${percent(cpu.during)}`, said(outcomes)],
    ];
  });
  const head = [
    "abuse",
    "quiet, ms (p50, p99, max)",
    "during (p50, p99, max)",
    "p99 : quiet",
    "server's CPU quiet, during",
    "came of it",
  ];
  const where = `${machine()}, Node ${process.versions.node}${busy ? "; **others used the machine too**" : ""}`;
  return `# Abuse

A seller asks \`amused start\` on PostgreSQL, with its default limits, ${perSecond} times a second (three in five get a product, one in four
lists fifty, the rest sell), while another process does each of these things; ${rounds} rounds of ${seconds} s without and ${seconds} s with it. The
target is a p99 under ${target} times the quiet one. ${where}.

${table([head, ...rows])}
`;
}

function said(outcomes: Record<string, number>): string {
  const all = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  return all.length === 0 ? "nothing yet" : all.join(", ");
}
