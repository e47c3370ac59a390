import { formatCursor } from "../../domain/cursor.ts";
import type { StoredEvent } from "../../ports/repositories.ts";
import type { StreamBlock } from "../services.ts";

/** An event with its block, which is made once and shared by all readers. */
export interface Said {
  seq: number;
  type: string;
  productId: number | null;
  block: StreamBlock;
}

export function saidOf(epoch: string, { seq, type, productId, text }: StoredEvent): Said {
  return { seq, type, productId, block: { id: formatCursor({ epoch, seq }), type, text } };
}

/** The newest events of one log, kept so that those who come back after a moment need not read the store. */
export interface Recent {
  /** Adds what follows on the last one added. */
  add(events: readonly Said[]): void;
  /** What comes after this position, which may be nothing; `null` when not all of it is kept. */
  after(seq: number, head: number): readonly Said[] | null;
  clear(): void;
}

const maxEvents = 512;
/** Characters of JSON. */
const maxSize = 256 * 1024;

export function recentEvents(): Recent {
  let events: Said[] = [];
  let size = 0;
  return {
    add(more) {
      events.push(...more);
      for (const { block } of more) size += block.text.length;
      let gone = 0;
      while (events.length - gone > maxEvents || (size > maxSize && gone < events.length))
        size -= (events[gone++] as Said).block.text.length;
      if (gone > 0) events.splice(0, gone);
    },
    after(seq, head) {
      const missed = head - seq;
      return missed <= events.length ? events.slice(events.length - missed) : null;
    },
    clear() {
      events = [];
      size = 0;
    },
  };
}
