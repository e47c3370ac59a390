import { type Amused, parse } from "@amused/core";
import { type Authenticate, authentication } from "./auth/authenticate.ts";
import { rateLimiter } from "./auth/rate-limit.ts";
import { type StreamTokens, streamTokens } from "./auth/stream-tokens.ts";
import { type Cors, cors } from "./http/cors.ts";
import { type Metrics, metrics } from "./metrics/metrics.ts";
import { type AppOptions, appOptionsSchema, type Logger, silent } from "./options.ts";
import { type OpenStreams, openStreams } from "./stream/open-streams.ts";
import { streamPlaces, type TakePlace } from "./stream/places.ts";

/** What all routes of one app share. */
export interface House {
  amused: Pick<Amused, "services" | "ready">;
  options: AppOptions;
  /** What goes before every path that is told to others; "" where the app is mounted at the root. */
  base: string;
  limits: { body: number; import: number; image: number };
  heartbeat: number;
  logger: Logger;
  /** Whether the log takes a line for each request. */
  tellsRequests: boolean;
  authenticate: Authenticate;
  tokens: StreamTokens;
  limit: ((caller: string) => void) | null;
  cors: Cors;
  streams: OpenStreams;
  takePlace: TakePlace;
  metrics: Metrics;
  /** Texts that are made of the table of routes. */
  texts: Texts;
}

export interface Texts {
  /** The OpenAPI document as JSON. */
  document(): string;
  /** The page of the API reference. */
  docs(): string;
}

const mb = 1024 * 1024;

/** Fills the options up with their defaults and makes what they ask for. */
export function house(amused: House["amused"], options: AppOptions, texts: Texts): House {
  parse(appOptionsSchema, options);
  const logger = options.logger ?? silent;
  const heartbeat = options.heartbeat ?? 15_000;
  const tokens = streamTokens(options.streamTokenSecret);
  const { corsOrigins = [], drain } = options;
  return {
    amused,
    options,
    base: options.basePath ?? "",
    limits: {
      body: options.bodyLimit ?? mb,
      import: options.importLimit ?? 100 * mb,
      image: options.imageLimit ?? 10 * mb,
    },
    heartbeat,
    logger,
    tellsRequests: logger.isLevelEnabled?.("debug") ?? true,
    authenticate: authentication(amused.services, tokens, options),
    tokens,
    limit: options.rateLimit === undefined ? null : rateLimiter(options.rateLimit),
    // The host's own word makes our keys, and what they name, mean nothing.
    cors: cors(
      corsOrigins,
      async (origin) => options.authorize === undefined && amused.services.keys.knowsOrigin(origin),
    ),
    streams: openStreams({ heartbeat, drain, logger }),
    takePlace: streamPlaces({ inAll: options.streams ?? 10_000, perKey: options.streamsPerKey ?? 5_000 }),
    metrics: metrics(),
    texts,
  };
}
