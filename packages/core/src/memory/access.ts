import { AsyncLocalStorage } from "node:async_hooks";
import { AmusedError } from "../errors.ts";
import type { Database } from "./state.ts";

/** Runs work that does not wait for anything, as one unit: what it did is undone when it throws. */
export type Run = <T>(work: () => T) => Promise<T>;

/** Lets one unit of work at a time into the store. */
export interface Access {
  /** A unit of its own. */
  run: Run;
  /** One unit of many steps, each of which is undone by itself when it throws; all of them when `work` throws. */
  transaction<T>(work: (step: Run) => Promise<T>): Promise<T>;
  close(): void;
}

export function access({ journal }: Database): Access {
  const within = new AsyncLocalStorage<object>();
  let running: object | null = null;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Queues up. Whoever queues up inside of the unit that is running would wait for itself, for ever. */
  async function alone<T>(work: () => T | Promise<T>): Promise<T> {
    if (running !== null && within.getStore() === running)
      throw new Error(
        "The memory store was used inside its own transaction. Use the repositories that `work` was given.",
      );
    if (closed) throw new AmusedError("unavailable", "The store is closed.", {});
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  function step<T>(work: () => T): T {
    const mark = journal.mark();
    try {
      return work();
    } catch (error) {
      journal.undo(mark);
      throw error;
    }
  }

  return {
    run: (work) =>
      alone(() => {
        const result = step(work);
        journal.commit();
        return result;
      }),

    transaction: (work) =>
      alone(async () => {
        const unit = {};
        running = unit;
        try {
          const result = await within.run(unit, () =>
            work(async (part) => {
              if (running !== unit) throw new Error("This transaction of the memory store is over.");
              return step(part);
            }),
          );
          journal.commit();
          return result;
        } catch (error) {
          journal.undo(0);
          throw error;
        } finally {
          running = null;
        }
      }),

    close() {
      closed = true;
    },
  };
}
