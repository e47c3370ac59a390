import { type Amused, parse } from "@amused/core";
import { type Authenticate, authentication } from "./auth/authenticate.ts";
import { type StreamTokens, streamTokens } from "./auth/stream-tokens.ts";
import { type Cors, cors } from "./http/cors.ts";
import { type Guard, guard } from "./limits/guard.ts";
import { memoryRateLimiter } from "./limits/memory-rate-limiter.ts";
import { placesInAll, placesOfEach, type TakePlace, takeAll } from "./limits/places.ts";
import { type CountRequest, requestLimits } from "./limits/request-limits.ts";
import { type Metrics, metrics } from "./metrics/metrics.ts";
import { type AppOptions, appOptionsSchema, type Logger, silent } from "./options.ts";
import { type OpenStreams, openStreams } from "./stream/open-streams.ts";

/** What all routes of one app share. */
export interface House {
  amused: Pick<Amused, "services" | "ready">;
  options: AppOptions;
  /** What goes before every path that is told to others; "" where the app is mounted at the root. */
  base: string;
  limits: Limits;
  heartbeat: number;
  logger: Logger;
  /** Whether the log takes a line for each request. */
  tellsRequests: boolean;
  authenticate: Authenticate;
  /** Stands before whatever judges a credential. */
  guard: Guard;
  tokens: StreamTokens;
  /** Counts what known callers ask; `null` where that is not limited. */
  count: CountRequest | null;
  cors: Cors;
  streams: OpenStreams;
  /** A place for a stream of a seller, opened with this key or token. */
  takeStream(sellerId: string, holder: string): () => void;
  /** A place for an import of a seller. */
  takeImport: TakePlace;
  metrics: Metrics;
  /** Texts that are made of the table of routes. */
  texts: Texts;
}

/** What a request may be at most: bytes, and milliseconds. */
export interface Limits {
  body: number;
  import: number;
  image: number;
  /** For an answer, once the request is there. */
  requestMs: number;
}

export interface Texts {
  /** The OpenAPI document as JSON. */
  document(): string;
  /** The page of the API reference. */
  docs(): string;
}

const mb = 1024 * 1024;
const thirtyAMinute = { limit: 30, windowMs: 60_000 };

/** Fills the options up with their defaults and makes what they ask for. */
export function house(amused: House["amused"], options: AppOptions, texts: Texts): House {
  parse(appOptionsSchema, options);
  const logger = options.logger ?? silent;
  const heartbeat = options.heartbeat ?? 15_000;
  const tokens = streamTokens(options.streamTokenSecret);
  const { corsOrigins = [], drain, rateLimit, sellerRateLimit, authFailures = thirtyAMinute } = options;
  const limiter = options.rateLimiter ?? memoryRateLimiter();
  return {
    amused,
    options,
    base: options.basePath ?? "",
    limits: {
      body: options.bodyLimit ?? mb,
      import: options.importLimit ?? 100 * mb,
      image: options.imageLimit ?? 10 * mb,
      requestMs: options.requestTimeout ?? 30_000,
    },
    heartbeat,
    logger,
    tellsRequests: logger.isLevelEnabled?.("debug") ?? true,
    authenticate: authentication(amused.services, tokens, options),
    tokens,
    guard: authFailures === "off" ? (_stranger, _stream, judge) => judge() : guard(limiter, authFailures),
    count: rateLimit === undefined ? null : requestLimits(limiter, rateLimit, sellerRateLimit),
    // The host's own word makes our keys, and what they name, mean nothing.
    cors: cors(
      corsOrigins,
      async (origin) => options.authorize === undefined && amused.services.keys.knowsOrigin(origin),
    ),
    streams: openStreams({ heartbeat, drain, logger }),
    takeStream: streamPlaces(options),
    takeImport: importPlaces(options),
    metrics: metrics(),
    texts,
  };
}

function streamPlaces({
  streams = 10_000,
  streamsPerSeller = 5_000,
  streamsPerKey = 1_000,
}: AppOptions): House["takeStream"] {
  const ofKey = placesOfEach(
    streamsPerKey,
    `This credential has ${streamsPerKey} streams open, the most it may. Close some, or share one among readers.`,
  );
  const ofSeller = placesOfEach(
    streamsPerSeller,
    `This seller has ${streamsPerSeller} streams open, the most it may. Close some, or share one among readers.`,
  );
  const inAll = placesInAll(streams, "This server has as many streams open as it can carry.");
  return (sellerId, holder) =>
    takeAll(
      () => ofKey(holder),
      () => ofSeller(sellerId),
      inAll,
    );
}

function importPlaces({ imports = 8, importsPerSeller = 2 }: AppOptions): TakePlace {
  const ofSeller = placesOfEach(
    importsPerSeller,
    `This seller has ${importsPerSeller} imports running, the most it may. Send this one when another has ended.`,
  );
  const inAll = placesInAll(imports, "This server has as many imports running as it can carry.");
  return (sellerId) => takeAll(() => ofSeller(sellerId), inAll);
}
