import type { CustomEvents, NoCustomEvents } from "./domain/event.ts";
import type { Broadcaster } from "./ports/broadcaster.ts";
import type { Cache } from "./ports/cache.ts";
import type { FileStore } from "./ports/files.ts";
import type { Models } from "./ports/models.ts";
import type { Store } from "./ports/store.ts";
import type { Retention } from "./services/retention.ts";

export interface AmusedOptions<Custom extends CustomEvents = NoCustomEvents> {
  /** Where the facts are kept: `memoryStore()`, `postgresStore({ pool })`, `pgliteStore("./data")`. */
  store: Store | PromiseLike<Store>;
  /** Where images are kept; in memory when not said. */
  files?: FileStore;
  /** Wakes the streams of other processes on the same store; without it they look for themselves every two seconds. */
  broadcaster?: Broadcaster;
  /** Keeps answers that cost time or money; 32 MB of this process's memory when not said. */
  cache?: Cache;
  /**
   * Models of others, for descriptions, categories and similarity: `aiModels({ language, embedding })` of
   * `@amused/providers/ai`. Without them nothing leaves this process, and the engines of this house do what they can.
   */
  models?: Models | PromiseLike<Models>;
  /** The host's own events, made with `defineEvents()`. */
  events?: Custom;
  /** The currency of products that name none, ISO 4217; USD when not said. */
  currency?: string;
  /** How long events are held, while background work runs; 30 days and a million for each seller when not said. */
  retention?: Retention;
  /** Threads that forecast beside the event loop, made when they are needed; 1 when not said, 0 for none. */
  threads?: number;
  /** The clock; handed in by tests. */
  now?: () => Date;
  /** Told of failures in background work, those of consumers among them; `console.error` when not said. */
  onError?: (error: unknown) => void;
}
