import { writeFile } from "node:fs/promises";
import { machine, table } from "../measure/report.ts";
import type { StoreKind } from "./shop.ts";

interface Latency {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** What one store's pass was measured at. */
export interface Measured {
  kind: StoreKind;
  /** Products that had their predictions at the end. */
  predicted: number;
  /** From the begin of background work until every product had its predictions, or time was up. */
  seconds: number;
  /** How many of those went by before the pass had its first ones: the shop is learned first. */
  learned: number | null;
  /** Milliseconds of requests before it, and while it ran. */
  idle: Latency;
  during: Latency;
  /** The server's process, in MB. */
  memory: { idle: number; peak: number | null };
}

export interface Report {
  products: number;
  days: number;
  perSecond: number;
  threads: number;
  busy: boolean;
  measured: Measured[];
}

export async function writeReport(folder: URL, report: Report): Promise<void> {
  await writeFile(new URL("nightly.md", folder), markdown(report));
}

export function markdown({ products, days, perSecond, threads, busy, measured }: Report): string {
  const ms = (value: number) => value.toFixed(1);
  const rows = measured.map(({ kind, predicted, seconds, learned, idle, during, memory }) => [
    ...[kind, predicted.toFixed(0), (predicted / seconds).toFixed(1), seconds.toFixed(0)],
    learned?.toFixed(0) ?? "?",
    ...[`${ms(idle.p50)}, ${ms(idle.p99)}`, `${ms(during.p50)}, ${ms(during.p99)}, ${ms(during.max)}`],
    ...[(during.p99 / idle.p99).toFixed(2), memory.idle.toFixed(0), memory.peak?.toFixed(0) ?? "?"],
  ]);
  const head = [
    ...[
      "store",
      "predicted",
      "products/s",
      "seconds",
      "of these learning",
      "API idle, ms (p50, p99)",
      "during (p50, p99, max)",
    ],
    ...["p99 : idle", "MB idle", "MB peak"],
  ];
  const where = `${machine()}, Node ${process.versions.node}${busy ? "; **others used the machine too**" : ""}`;
  return `# A nightly pass

${products} products with ${days} days of sales, forecast in the background by a server that answers ${perSecond} requests a second
meanwhile (three in five get a product, one in four lists fifty, the rest sell), with ${threads} thread${threads === 1 ? "" : "s"}. ${where}.

${table([head, ...rows])}
`;
}
