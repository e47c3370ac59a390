import type { History, LogEvent } from "./history.ts";
import { nameOf } from "./history.ts";

/** The log has a place for each number from 1 on, all of one seller and one epoch. */
export function logFaults({ log, sellerId }: History): string[] {
  const epoch = log[0]?.id.split(".")[0];
  return log.flatMap((event, index) => {
    if (event.seq !== index + 1)
      return [`log: place ${index + 1} has ${event.seq}; around it: ${around(log, index)}`];
    if (event.id !== `${epoch}.${event.seq}`) return [`log: ${event.seq} has the cursor ${event.id}`];
    return event.sellerId === sellerId ? [] : [`log: ${event.seq} is of the seller ${event.sellerId}`];
  });
}

/** An event for a line of text. */
export function said(event: LogEvent): string {
  const name = nameOf(event);
  return `${event.seq} ${event.type}${name === null ? "" : ` ${name}`}`;
}

/** The places before and after one. */
export function around(events: readonly LogEvent[], index: number): string {
  const from = Math.max(0, index - 3);
  const seqs = events
    .slice(from, index + 4)
    .map(({ seq }, n) => (from + n === index ? `[${seq}]` : String(seq)));
  return `${from > 0 ? "… " : ""}${seqs.join(" ")}${index + 4 < events.length ? " …" : ""}`;
}
