import { existsSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { EngineError } from "@amused/engines";
import type { Said, ThrownText } from "./engine-thread.ts";
import { type Runner, RunnerLost } from "./services/calculations/runner.ts";

/** A thread that has not said by then that it is there is none. */
const startMs = 15_000;

/**
 * Starts a thread for calculations; `null` where there can be none: no `node:worker_threads`, or the thread's file does not
 * lie beside this one, as in a bundle. It keeps the process alive only while it calculates.
 */
export async function startThread(): Promise<Runner | null> {
  const fromSource = import.meta.url?.endsWith(".ts") ?? false;
  const file = fileBeside(fromSource ? "./engine-thread.ts" : "./engine-thread.js");
  const threads = file === null ? null : await import("node:worker_threads").catch(() => null);
  if (file === null || threads === null) return null;
  // The process's own flags and what it loads before everything else are none of the thread's.
  const execArgv = fromSource ? ["--conditions=@amused/source"] : [];
  // By itself V8 would let short-lived arrays of an engine pile up to 50 MB more.
  const resourceLimits = { maxYoungGenerationSizeMb: 24 };
  const settings = { name: "amused", execArgv, resourceLimits, workerData: { amused: true } };
  return whenReady(new threads.Worker(file, settings));
}

function fileBeside(name: string): URL | null {
  try {
    const file = new URL(name, import.meta.url);
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

async function whenReady(worker: Worker): Promise<Runner> {
  let waiting: PromiseWithResolvers<unknown> | null = Promise.withResolvers<unknown>();
  let failure: unknown;
  let over = false;
  const answer = (settle: (waiting: PromiseWithResolvers<unknown>) => void) => {
    const one = waiting;
    waiting = null;
    worker.unref();
    if (one !== null) settle(one);
  };
  worker.on("message", (said: Said) =>
    answer(({ resolve, reject }) => ("error" in said ? reject(thrown(said.error)) : resolve(said))),
  );
  worker.on("messageerror", (error) => answer(({ reject }) => reject(error)));
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", (code) => {
    over = true;
    answer(({ reject }) => reject(lost(failure ?? new Error(`The thread ended with code ${code}.`))));
  });

  const late = setTimeout(() => {
    failure = new Error(`The thread was not there after ${startMs / 1000} seconds.`);
    void worker.terminate();
  }, startMs);
  try {
    await waiting.promise;
  } finally {
    clearTimeout(late);
  }

  return {
    async run(name, input) {
      if (over) throw lost(failure);
      worker.ref();
      waiting = Promise.withResolvers<unknown>();
      const { promise } = waiting;
      try {
        worker.postMessage({ name, input });
      } catch (error) {
        answer(({ reject }) => reject(error));
      }
      return ((await promise) as { result: unknown }).result;
    },
    async end() {
      await worker.terminate();
    },
  };
}

function lost(cause: unknown): RunnerLost {
  return new RunnerLost("The thread ended in the middle of a calculation.", { cause });
}

function thrown({ name, message, stack, engine }: ThrownText): Error {
  const error = engine === undefined ? new Error(message) : new EngineError(engine.field, engine.expected);
  return Object.assign(error, { name, ...(stack !== undefined && { stack }) });
}
