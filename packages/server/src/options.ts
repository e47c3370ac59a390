import type { RateLimiter } from "@amused/core";
import { z } from "zod";
import type { Access } from "./auth/access.ts";
import type { JwtOptions } from "./auth/jwt.ts";
import type { Rate } from "./limits/request-limits.ts";
import {
  adminKeySchema,
  bytesSchema,
  countSchema,
  heartbeatSchema,
  jwksUrlSchema,
  metricsTokenSchema,
  originSchema,
  proxiesSchema,
  rateRule,
  streamSecretSchema,
  timeoutSchema,
} from "./rules.ts";

/** A log that the app writes to; pino's and console's shape at once. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Where the log has it, requests are not described for nobody. */
  isLevelEnabled?(level: string): boolean;
}

/** What `createApp` takes. A name or value that is none of these is refused with `invalid_request`, which names it. */
export interface AppOptions {
  /**
   * Tells who calls, in place of the built-in keys: the host's sessions, its own tokens. `null` is nobody, answered 401.
   * Asked again every few seconds for an open stream, which ends when it says `null` or the access expires. What it answers
   * is checked: anything but an access or `null`, and any error it throws that is not an `AmusedError`, is answered 500
   * without a word about it, and stands in the log.
   */
  authorize?: (request: Request) => Access | null | Promise<Access | null>;
  /**
   * The path under which the host has mounted the app (`/shop`): stands in `Location`, in the OpenAPI document's servers
   * and in the links of the pages. None when not said.
   */
  basePath?: string;
  /** An admin key beside those in the store, at least 32 characters. */
  adminKey?: string;
  /** Signs stream tokens; made by chance when not said, so that they hold in this process only. At least 32 characters. */
  streamTokenSecret?: string;
  /** Lets a scraper read `/metrics` without an admin key. At least 16 characters. */
  metricsToken?: string;
  /** Milliseconds of silence after which a stream says a comment; 15,000 when not said, at least 100. */
  heartbeat?: number;
  /** How many event streams may be open at once; 10,000 when not said, 503 beyond. */
  streams?: number;
  /** How many of them with one key or stream token; 1,000 when not said, 429 beyond. */
  streamsPerKey?: number;
  /** How many of them of one seller, with whatever credentials; 5,000 when not said, 429 beyond. */
  streamsPerSeller?: number;
  /** How many imports may run at once; 8 when not said, 503 beyond. */
  imports?: number;
  /** How many of them of one seller; 2 when not said, 429 beyond. */
  importsPerSeller?: number;
  /** The most bytes of a JSON body; 1 MB when not said. */
  bodyLimit?: number;
  /** The most bytes of an import; 100 MB when not said. */
  importLimit?: number;
  /** The most bytes of an image; 10 MB when not said. */
  imageLimit?: number;
  /** Milliseconds that an answer may take once the request is there; 30,000 when not said, 503 beyond. Imports and streams may take longer. */
  requestTimeout?: number;
  /** Accepts the JWTs of an issuer of the host's, beside our keys. Does not go with `authorize`. */
  jwt?: JwtOptions;
  /** Origins whose pages may read the answers, beside those that keys name; none when not said. */
  corsOrigins?: readonly string[];
  /** Requests per key and time, whole seconds; not limited when not said. Routes that take much count as several. */
  rateLimit?: Rate;
  /** Requests of all keys of a seller together; ten times `rateLimit` when not said. */
  sellerRateLimit?: Rate | "off";
  /**
   * Bad keys and tokens that one address may show, 429 beyond; 30 a minute when not said. Known only where Node is the host,
   * which tells addresses.
   */
  authFailures?: Rate | "off";
  /** How many proxies stand before the server, each of which adds to `X-Forwarded-For`; 0 when not said: it is not believed. */
  trustedProxies?: number;
  /** Where requests are counted; in this process when not said. */
  rateLimiter?: RateLimiter;
  /** Aborts when the server is about to stop: it is no longer ready, and streams end with a `retry:`. */
  drain?: AbortSignal;
  /** The script of the API reference page; without it `/docs` is a plain list. */
  referenceScript?: () => Promise<Uint8Array<ArrayBuffer>>;
  logger?: Logger;
  /** What failed outside of requests, counted by whoever serves the app, for `/metrics`. */
  failures?: Readonly<Failures>;
}

/** What failed with nobody there to be told. */
export interface Failures {
  /** Work in the background, which goes on: what `onError` of `createAmused` was told. */
  background: number;
  /** Promises that were rejected unheard. */
  unhandled: number;
}

/** The shapes of the options. Their types are written above, where editors show them. */
export const appOptionsSchema: z.ZodType<unknown> = z
  .strictObject({
    authorize: having("a function", isFunction).optional(),
    jwt: z
      .strictObject({ jwksUrl: jwksUrlSchema, issuer: z.string().min(1), audience: z.string().min(1) })
      .optional(),
    basePath: z
      .string()
      .regex(/^(\/[\w.~!$&'()*+,;=:@%-]+)+$/, "must be a path that begins with / and does not end with it")
      .optional(),
    adminKey: adminKeySchema.optional(),
    streamTokenSecret: streamSecretSchema.optional(),
    metricsToken: metricsTokenSchema.optional(),
    heartbeat: heartbeatSchema.optional(),
    streams: countSchema.optional(),
    streamsPerKey: countSchema.optional(),
    streamsPerSeller: countSchema.optional(),
    imports: countSchema.optional(),
    importsPerSeller: countSchema.optional(),
    requestTimeout: timeoutSchema.optional(),
    bodyLimit: bytesSchema.optional(),
    importLimit: bytesSchema.optional(),
    imageLimit: bytesSchema.optional(),
    corsOrigins: z.array(originSchema).readonly().optional(),
    rateLimit: rateRule.optional(),
    sellerRateLimit: rateRule.or(z.literal("off")).optional(),
    authFailures: rateRule.or(z.literal("off")).optional(),
    trustedProxies: proxiesSchema.optional(),
    rateLimiter: having("a rate limiter", (value) => isObject(value) && "consume" in value).optional(),
    drain: having("an AbortSignal", (value) => isObject(value) && "aborted" in value).optional(),
    referenceScript: having("a function", isFunction).optional(),
    failures: z.strictObject({ background: z.number(), unhandled: z.number() }).optional(),
    logger: having(
      "a log with debug, info, warn and error",
      (value) =>
        isObject(value) &&
        ["debug", "info", "warn", "error"].every((level) => isFunction(Reflect.get(value, level))),
    ).optional(),
  })
  .refine(({ authorize, jwt }) => authorize === undefined || jwt === undefined, {
    path: ["jwt"],
    message: "does not go with authorize, which says by itself who calls",
  });

function having(what: string, check: (value: unknown) => boolean): z.ZodType<unknown> {
  return z.custom(check, `must be ${what}`);
}
function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, isLevelEnabled: () => false };
