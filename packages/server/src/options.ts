import type { Access } from "./auth/access.ts";
import type { RateLimit } from "./auth/rate-limit.ts";

/** A log that the app writes to; pino's and console's shape at once. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Where the log has it, requests are not described for nobody. */
  isLevelEnabled?(level: string): boolean;
}

export interface AppOptions {
  /**
   * Tells who calls, in place of the built-in keys: the host's sessions, its own tokens. `null` is nobody, answered 401.
   * Asked again every few seconds for an open stream, which ends when it says `null` or the access expires.
   */
  authorize?: (request: Request) => Access | null | Promise<Access | null>;
  /** An admin key beside those in the store, at least 32 characters. */
  adminKey?: string;
  /** Signs stream tokens; made by chance when not said, so that they hold in this process only. */
  streamTokenSecret?: string;
  /** Lets a scraper read `/metrics` without an admin key. */
  metricsToken?: string;
  /** Milliseconds of silence after which a stream says a comment; 15,000 when not said. */
  heartbeat?: number;
  /** How many event streams may be open at once; 10,000 when not said, 503 beyond. */
  streams?: number;
  /** How many of them with one key or stream token; 5,000 when not said, 429 beyond. */
  streamsPerKey?: number;
  /** The most bytes of a JSON body; 1 MB when not said. */
  bodyLimit?: number;
  /** The most bytes of an import; 100 MB when not said. */
  importLimit?: number;
  /** The most bytes of an image; 10 MB when not said. */
  imageLimit?: number;
  /** Origins whose pages may read the answers; none when not said. */
  corsOrigins?: readonly string[];
  /** Requests per key and time; not limited when not said. */
  rateLimit?: RateLimit;
  /** Aborts when the server is about to stop: it is no longer ready, and streams end with a `retry:`. */
  drain?: AbortSignal;
  /** The script of the API reference page; without it `/docs` is a plain list. */
  referenceScript?: () => Promise<Uint8Array<ArrayBuffer>>;
  logger?: Logger;
}

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, isLevelEnabled: () => false };
