import type { StreamPosition } from "../../domain/cursor.ts";

/** Lets streams sleep until their seller's log has grown. */
export interface Wakers {
  /** Something of this seller was committed. */
  wake(sellerId: string): void;
  /** Arms a waker: do it before reading the log, then wait on it; it fires for what came after the arming. */
  arm(sellerId: string): { wait(ms: number, signal: AbortSignal): Promise<void>; disarm(): void };
  close(): void;
}

/** How often the heads are asked for beneath all hints: a lost hint, or another process, costs this much at most. */
const pollMs = 2_000;

/** Wakes by hint and, should a hint be lost, by looking at the heads of the sellers that have sleepers. */
export function streamWakers(heads: (sellerIds: string[]) => Promise<Map<string, StreamPosition>>): Wakers {
  const sleepers = new Map<string, Set<() => void>>();
  /** The heads at the last poll, of those that slept then. */
  let known = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function wake(sellerId: string): void {
    for (const rouse of sleepers.get(sellerId) ?? []) rouse();
  }

  async function poll(): Promise<void> {
    try {
      const found = await heads([...sleepers.keys()]);
      for (const [sellerId, { seq }] of found) if (known.get(sellerId) !== seq) wake(sellerId);
      known = new Map([...found].map(([sellerId, { seq }]) => [sellerId, seq]));
    } catch {
      // The store is away; the streams find that out themselves when they read.
    }
    timer = null;
    schedule();
  }

  function schedule(): void {
    if (timer !== null || sleepers.size === 0) return;
    timer = setTimeout(poll, pollMs);
    // A poll alone does not keep a process alive.
    if (typeof timer === "object") timer.unref?.();
  }

  return {
    wake,
    arm(sellerId) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const rouse = () => resolve();
      const here = sleepers.get(sellerId) ?? new Set();
      sleepers.set(sellerId, here.add(rouse));
      schedule();
      const disarm = () => {
        here.delete(rouse);
        if (here.size > 0 || sleepers.get(sellerId) !== here) return;
        sleepers.delete(sellerId);
      };
      return {
        async wait(ms, signal) {
          const timeout = setTimeout(rouse, ms);
          signal.addEventListener("abort", rouse, { once: true });
          if (!signal.aborted) await promise;
          clearTimeout(timeout);
          signal.removeEventListener("abort", rouse);
          disarm();
        },
        disarm,
      };
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      sleepers.clear();
      known.clear();
    },
  };
}
