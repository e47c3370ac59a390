import type { StreamPosition } from "../../domain/cursor.ts";
import type { StreamReset } from "../../domain/event.ts";
import type { EventRun } from "../../ports/repositories.ts";

/** Why a position can not be served from this log, if so. */
export function lost(
  position: StreamPosition,
  log: Pick<EventRun, "epoch" | "head" | "oldest">,
): StreamReset["payload"]["reason"] | null {
  if (position.epoch !== log.epoch) return "epoch";
  if (position.seq > log.head) return "ahead";
  return position.seq < log.oldest - 1 ? "pruned" : null;
}
