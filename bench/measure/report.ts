import { cpus, totalmem } from "node:os";
import type { Spread } from "./statistics.ts";

/** The machine in a few words. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`;
}

/** A ratio with its range. */
export function times(spread: Spread | null): string {
  if (spread === null) return "";
  return `${spread.median.toFixed(2)} (${spread.min.toFixed(2)}–${spread.max.toFixed(2)})`;
}

export function table([head = [], ...rows]: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
