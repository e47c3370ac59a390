import type { LiveList, LiveState } from "../seller.ts";
import { follow, type LiveSource } from "./follow.ts";

/** A list that is followed while it has consumers. Once `ended` aborts, it can have none. */
export function liveList<T, Event extends { id: string; type: string }>(
  source: LiveSource<T, Event>,
  ended: AbortSignal | undefined,
): LiveList<T> {
  const consumers = new Set<() => void>();
  let state: LiveState<T> = Object.freeze({ items: Object.freeze([]), status: "idle" });
  let running: AbortController | undefined;

  function tell(change: Omit<LiveState<T>, "items"> & { items?: readonly T[] }): void {
    const next = { items: state.items, ...change };
    if (next.items === state.items && next.status === state.status && next.error === state.error) return;
    Object.freeze(next.items);
    state = Object.freeze(next);
    for (const consumer of consumers) consumer();
  }

  function start(): void {
    const run = new AbortController();
    running = run;
    ended?.addEventListener("abort", end);
    tell({ status: "loading" });
    const watch = {
      items: (items: readonly T[]) => tell({ items, status: "live" }),
      failure: (error: unknown) => tell({ status: state.status === "loading" ? "loading" : "stale", error }),
    };
    follow(source, watch, run.signal).then(
      () => {
        if (running === run) end();
      },
      (error: unknown) => {
        if (running === run) stop({ status: "failed", error });
      },
    );
  }

  function stop(last: Omit<LiveState<T>, "items">): void {
    running?.abort();
    running = undefined;
    ended?.removeEventListener("abort", end);
    tell(last);
  }

  function end(): void {
    if (running !== undefined) stop({ status: "idle" });
    consumers.clear();
  }

  /** Tells a consumer of every change from now on, until it leaves. */
  function join(consumer: () => void): () => void {
    if (ended?.aborted) return () => {};
    if (running === undefined) start();
    consumers.add(consumer);
    return () => {
      if (consumers.delete(consumer) && consumers.size === 0 && running !== undefined)
        stop({ status: "idle" });
    };
  }

  return {
    get: () => state,

    subscribe(listener) {
      const consumer = () => {
        try {
          listener(state);
        } catch (error) {
          // A listener's fault is the host's to hear of; the list and the other listeners go on.
          queueMicrotask(() => {
            throw error;
          });
        }
      };
      const leave = join(consumer);
      consumer();
      return leave;
    },

    [Symbol.asyncIterator]() {
      let rouse = () => {};
      let leave = () => {};
      const consumer = () => rouse();

      async function* lists(): AsyncGenerator<readonly T[], void, undefined> {
        leave = join(consumer);
        let shown: readonly T[] | undefined;
        try {
          while (consumers.has(consumer)) {
            const { items, status, error } = state;
            if (status === "failed") throw error;
            if (status !== "loading" && items !== shown) {
              shown = items;
              yield items;
            } else
              await new Promise<void>((resolve) => {
                rouse = resolve;
              });
          }
        } finally {
          leave();
        }
      }

      const iterator = lists();
      return {
        next: () => iterator.next(),
        return() {
          // A generator that waits could not be ended before the next change.
          leave();
          rouse();
          return iterator.return();
        },
      };
    },
  };
}
