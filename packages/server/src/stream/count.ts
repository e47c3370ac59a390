import { parseCursor, type StreamBlock } from "@amused/core";
import type { Metrics } from "../metrics/metrics.ts";
import type { Logger } from "../options.ts";

/**
 * Counts the events of a stream that sees all of them, and with them any hole in the log: positions are dense, so a jump
 * without a `stream.reset` is a fault of ours that nobody should have to find out by missing something.
 */
export async function* countBlocks(
  blocks: AsyncIterable<StreamBlock[]>,
  metrics: Metrics,
  logger: Logger,
): AsyncGenerator<StreamBlock[]> {
  let expected: number | null = null;
  for await (const run of blocks) {
    for (const { id, type } of run) {
      const { seq } = parseCursor(id, "id");
      if (!type.startsWith("stream.")) {
        metrics.events++;
        if (expected !== null && seq !== expected) {
          metrics.gaps++;
          logger.error({ "amused.expected": expected, "amused.seen": seq }, "The log has a gap");
        }
      }
      expected = seq + 1;
    }
    yield run;
  }
}
