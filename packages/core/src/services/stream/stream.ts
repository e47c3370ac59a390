import { formatCursor, parseCursor, type StreamPosition } from "../../domain/cursor.ts";
import { matches, type StreamReset } from "../../domain/event.ts";
import type { EventRepository, EventRun } from "../../ports/repositories.ts";
import type { StreamBlock } from "../services.ts";
import type { Wakers } from "./wakers.ts";

/** How many events one read takes. */
const runLength = 500;
/** How long a sleeper sleeps before it looks by itself. */
const sleepMs = 60_000;
/** How often a filtered stream says where it is while it sees nothing. */
const cursorMs = 1_000;

interface Filter {
  types?: readonly string[] | undefined;
  productId?: number | undefined;
}

export interface StreamDeps {
  events: EventRepository;
  wakers: Wakers;
  now: () => Date;
  epoch: string;
}

/**
 * Follows a seller's log from a position: first where it begins, then everything after it. Backlog and live are one
 * loop, and the waker is armed before each read, so that there is no seam.
 */
export async function followLog(
  { events, wakers, now, epoch }: StreamDeps,
  sellerId: string,
  { from, ...filter }: Filter & { from?: string | undefined },
  signal: AbortSignal,
): Promise<AsyncIterable<StreamBlock[]>> {
  const asked = from === undefined || from === "start" ? null : parseCursor(from, "after");
  const opened = await events.open(sellerId, epoch);
  const first = await events.read(sellerId, {
    after: asked?.seq ?? 0,
    limit: 1,
    types: null,
    productId: null,
  });
  const run: EventRun = first ?? { epoch: opened.epoch, head: opened.seq, oldest: 1, events: [] };

  async function* blocks(): AsyncIterable<StreamBlock[]> {
    const reason = asked === null ? null : lost(asked, run);
    const start =
      from === undefined || reason !== null
        ? run.head
        : from === "start"
          ? run.oldest - 1
          : (asked as StreamPosition).seq;
    let position: StreamPosition = { epoch: run.epoch, seq: start };
    yield [reason === null ? openBlock(position, asked !== null) : resetBlock(reason, position)];
    let saidAt = now().getTime();
    let said = position.seq;

    while (!signal.aborted) {
      const waker = wakers.arm(sellerId);
      try {
        const next = await events.read(sellerId, {
          after: position.seq,
          limit: runLength,
          types: null,
          productId: null,
        });
        // The log was pruned beyond this reader, or the database was restored under it.
        const gap = next === null ? null : lost(position, next);
        if (next !== null && gap !== null) {
          position = { epoch: next.epoch, seq: next.head };
          yield [resetBlock(gap, position)];
          continue;
        }
        const all = next?.events ?? [];
        const seen = all.filter((event) => matches(event, filter));
        const last = all.at(-1);
        const { epoch } = position;
        if (last !== undefined) position = { epoch, seq: last.seq };
        const result = seen.map(
          ({ seq, type, text }): StreamBlock => ({ id: formatCursor({ epoch, seq }), type, text }),
        );
        const behind = position.seq > (seen.at(-1)?.seq ?? said);
        const due = now().getTime() - saidAt >= cursorMs;
        if (behind && due) result.push(cursorBlock(position));
        if (result.length > 0) {
          yield result;
          saidAt = now().getTime();
          said = behind && !due ? (seen.at(-1)?.seq ?? said) : position.seq;
        }
        if (all.length < runLength) await waker.wait(position.seq > said ? cursorMs : sleepMs, signal);
      } finally {
        waker.disarm();
      }
    }
  }
  return blocks();
}

/** Why a position can not be served from this log, if so. */
export function lost(
  position: StreamPosition,
  log: Pick<EventRun, "epoch" | "head" | "oldest">,
): StreamReset["payload"]["reason"] | null {
  if (position.epoch !== log.epoch) return "epoch";
  if (position.seq > log.head) return "ahead";
  return position.seq < log.oldest - 1 ? "pruned" : null;
}

function openBlock(position: StreamPosition, resumed: boolean): StreamBlock {
  const id = formatCursor(position);
  return { id, type: "stream.open", text: JSON.stringify({ resumed, cursor: id }) };
}

function cursorBlock(position: StreamPosition): StreamBlock {
  const id = formatCursor(position);
  return { id, type: "stream.cursor", text: JSON.stringify({ cursor: id }) };
}

function resetBlock(reason: StreamReset["payload"]["reason"], position: StreamPosition): StreamBlock {
  const id = formatCursor(position);
  return { id, type: "stream.reset", text: JSON.stringify({ reason, cursor: id }) };
}
