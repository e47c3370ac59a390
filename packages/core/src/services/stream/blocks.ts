import { formatCursor, type StreamPosition } from "../../domain/cursor.ts";
import type { StreamReset } from "../../domain/event.ts";
import type { StreamBlock } from "../services.ts";

/** The first block of a stream: where it begins, and whether that is where its reader left off. */
export function openBlock(position: StreamPosition, resumed: boolean): StreamBlock {
  return controlBlock("stream.open", position, { resumed });
}

/** How far a filtered stream has looked while it had nothing to say. */
export function cursorBlock(position: StreamPosition): StreamBlock {
  return controlBlock("stream.cursor", position, {});
}

/** What lies before this position was not said, and why. */
export function resetBlock(position: StreamPosition, reason: StreamReset["payload"]["reason"]): StreamBlock {
  return controlBlock("stream.reset", position, { reason });
}

function controlBlock(type: string, position: StreamPosition, facts: object): StreamBlock {
  const id = formatCursor(position);
  return { id, type, text: JSON.stringify({ ...facts, cursor: id }) };
}
