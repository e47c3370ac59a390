import { consumerNameSchema } from "../../domain/consumer.ts";
import { parse } from "../../domain/parse.ts";
import { AmusedError } from "../../errors.ts";
import { orAfter } from "../or-after.ts";
import { type Consumer, type ConsumerDeps, consumer } from "./consumer.ts";
import { consumedTypesSchema, consumeOptionsSchema, defaultTiming, type Timing } from "./settings.ts";
import type { Handle } from "./turn.ts";

/** All consumers of this process. */
export interface ConsumersService {
  consume(
    name: string,
    types: readonly string[],
    handle: Handle,
    options?: object & { signal?: AbortSignal; concurrency?: number; from?: "start" | "now" },
  ): { name: string; ready: Promise<void>; stop(): Promise<void> };
  /** Something of this seller was committed; of anybody, when not said. */
  wake(sellerId?: string): void;
  pause(): Promise<void>;
  resume(): void;
  /** Ends everything; waits for handlers in flight, but not for ever. */
  close(): Promise<void>;
}

export function consumersService(
  deps: Omit<ConsumerDeps, "timing" | "random"> & { timing?: Partial<Timing>; random?: () => number },
): ConsumersService {
  const timing = { ...defaultTiming, ...deps.timing };
  const here = new Map<string, Consumer>();
  /** Those that wait for their last handlers, and are not resumed any more. */
  const ending = new Set<Consumer>();
  let paused = false;
  let closed = false;
  const pauseAll = () => Promise.all([...here.values()].map((one) => one.pause())).then(() => {});

  return {
    consume(name, types, handle, { signal, ...options } = {}) {
      parse(consumerNameSchema, name, "name");
      const settings = parse(consumeOptionsSchema, options);
      if (closed) throw new AmusedError("unavailable", "This system is closed.", {});
      if (here.has(name))
        throw new AmusedError(
          "conflict",
          `Consumer ${name} runs here already. Stop it first, or choose another name.`,
          {},
        );
      const task = { types: parse(consumedTypesSchema, types, "types"), handle, settings };
      const one = consumer({ random: Math.random, ...deps, timing }, name, task);
      here.set(name, one);
      const stop = async () => {
        signal?.removeEventListener("abort", stop);
        ending.add(one);
        await one.pause();
        ending.delete(one);
        if (here.get(name) === one) here.delete(name);
      };
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) here.delete(name);
      else if (!paused) one.resume();
      return { name, ready: one.registered, stop };
    },

    wake(sellerId) {
      for (const one of here.values()) one.wake(sellerId);
    },
    async pause() {
      paused = true;
      await pauseAll();
    },
    resume() {
      paused = false;
      for (const one of here.values()) if (!closed && !ending.has(one)) one.resume();
    },
    async close() {
      closed = true;
      const ended = pauseAll();
      await orAfter(timing.graceMs, ended);
      for (const one of here.values()) one.abandon();
      // Handlers that heed their signal end now.
      await orAfter(100, ended);
      here.clear();
    },
  };
}
