import { matches } from "@amused/core";
import type { LogEvent, ReaderLog } from "./history.ts";
import { around, said } from "./log.ts";

/** A reader saw what passes its filter, from where it began to where it had to come: once, in order, and as it is. */
export function readerFaults(reader: ReaderLog, log: readonly LogEvent[]): string[] {
  const { name, filter, seen, resets } = reader;
  const told = resets.map((reason) => `reader ${name}: was reset (${reason}), though nothing was pruned`);
  const begin = reader.after ?? (seen[0]?.seq ?? log.length + 1) - 1;
  const expected = log.filter((event) => event.seq > begin && matches(event, filter));
  const length = Math.max(seen.length, expected.filter(({ seq }) => seq <= reader.until).length);
  for (let index = 0; index < length; index++) {
    const [is, should] = [seen[index], expected[index]];
    const why = fault(is, should, seen.slice(0, index));
    if (why !== null)
      return [...told, `reader ${name}: ${why}; what it saw there: ${around(seen, index) || "nothing"}`];
  }
  return told;
}

function fault(
  is: LogEvent | undefined,
  should: LogEvent | undefined,
  before: readonly LogEvent[],
): string | null {
  if (is === undefined) return should === undefined ? null : `never came to ${said(should)}`;
  if (is.seq !== should?.seq) {
    if (before.some(({ seq }) => seq === is.seq)) return `saw ${said(is)} again`;
    if (should === undefined) return `saw ${said(is)}, which is not for it or not in the log`;
    return `came from ${before.at(-1)?.seq ?? "its beginning"} to ${said(is)} and not to ${said(should)}`;
  }
  const [text, logged] = [JSON.stringify(is), JSON.stringify(should)];
  return text === logged ? null : `saw ${said(is)} as ${text}, which is in the log as ${logged}`;
}
