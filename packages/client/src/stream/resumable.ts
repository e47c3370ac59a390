import { sleep } from "./sleep.ts";

/** Where a position is kept between two runs of a program, or two visits of a page. */
export interface CursorStorage {
  /** The cursor saved last; nothing where there is none. */
  load(): string | null | undefined | Promise<string | null | undefined>;
  save(cursor: string): void | Promise<void>;
}

/** A position under a name in `localStorage`, or in whatever has its two methods. */
export function storedCursor(key: string, storage?: Pick<Storage, "getItem" | "setItem">): CursorStorage {
  // Asked for only when used: a browser may refuse to name it at all.
  const place = () => storage ?? globalThis.localStorage;
  return { load: () => place().getItem(key), save: (cursor) => place().setItem(key, cursor) };
}

/** How long a taken event may wait for its position to be saved. */
const saveEveryMs = 1_000;

/**
 * Events that go on where the last run stopped: `open` is given the stored position, or `undefined`, and says how to
 * subscribe from there. A position is saved after the loop took its event, at most once a second and when the loop ends, so
 * that after a crash the last events come again and none is left out. One that is no longer good is told by a
 * `stream.reset`. A storage that fails, or holds what is no cursor, is like an empty one and never breaks the stream.
 *
 * @example
 * const place = storedCursor("orders-seen");
 * for await (const event of resumable(place, (from = "start") => shop.events.subscribe({ types: ["sale.*"], from }))) {
 *   if (event.type !== "stream.reset") show(event);
 * }
 */
export function resumable<Event extends { id: string } | { payload: { cursor: string } }>(
  storage: CursorStorage,
  open: (from: string | undefined) => AsyncIterable<Event>,
): AsyncGenerator<Event, void, undefined> {
  const ended = new AbortController();
  let unsaved: string | undefined;
  let saving: Promise<void> | undefined;
  let source: AsyncIterator<Event> | undefined;

  /** One write at a time, always of the newest position. */
  async function save(): Promise<void> {
    while (unsaved !== undefined) {
      await sleep(saveEveryMs, ended.signal);
      const cursor = unsaved;
      unsaved = undefined;
      try {
        await storage.save(cursor);
      } catch {
        // Full or forbidden: the next run begins further back.
      }
    }
    saving = undefined;
  }

  async function* events(): AsyncGenerator<Event, void, undefined> {
    try {
      const from = await stored(storage);
      if (ended.signal.aborted) return;
      const opened = open(from)[Symbol.asyncIterator]();
      source = opened;
      for await (const event of { [Symbol.asyncIterator]: () => opened }) {
        yield event;
        unsaved = "id" in event ? event.id : event.payload.cursor;
        saving ??= save();
      }
    } finally {
      ended.abort();
      await saving;
    }
  }

  const stream = events();
  const leave = stream.return.bind(stream);
  // By itself a generator that waits is left at its next event only.
  stream.return = (value) => {
    ended.abort();
    source?.return?.().catch(() => {});
    return leave(value);
  };
  return stream;
}

async function stored(storage: CursorStorage): Promise<string | undefined> {
  try {
    const cursor = (await storage.load()) ?? "";
    return /^[^.]+\.\d+$/.test(cursor) ? cursor : undefined;
  } catch {
    return undefined;
  }
}
