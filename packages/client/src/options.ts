import type { CustomEvents, NoCustomEvents } from "@amused/core";

/** A key or token; as a function it is asked when first needed, and once again whenever the server refuses it. */
export type Credential = string | (() => string | Promise<string>);

/** How `events.subscribe` comes back when its connection is lost. All in milliseconds. */
export interface ReconnectOptions {
  /** The first wait is up to this long (500). The next ones double; each is a random part of it, so that clients spread. */
  minDelay?: number;
  /** No random wait is longer (30,000). What the server asks for (`retry:`, `Retry-After`), up to five minutes, comes on top of it. */
  maxDelay?: number;
  /** A connection that says nothing for so long is taken for dead (35,000): more than two heartbeats of the server. */
  watchdog?: number;
}

/** What `createClient` takes. */
export interface ClientOptions<Custom extends CustomEvents = NoCustomEvents> {
  /**
   * Where the server is; with a path, if it is mounted under one: `https://shop.example/amused`. It has to be http or https,
   * without a query or hash; it is not looked at before the first request, which then fails.
   */
  baseUrl: string | URL;
  /** An API key. */
  apiKey?: Credential;
  /** A JWT of the host's own, or a stream token (`streamTokens.create()`). Sent as `apiKey` is, and in its place. */
  token?: Credential;
  /** For which seller to act, where the credential is an admin key. */
  seller?: string;
  /** The host's own events, made with `defineEvents()`: for their types; the server is who validates. */
  events?: Custom;
  /** Sends the requests: a `fetch` of the host, or an app in the same process (`app.fetch`). */
  fetch?: (request: Request) => Response | Promise<Response>;
  /** How long one attempt at an answer may take, in milliseconds (30,000); imports and exports take as long as they take. */
  timeout?: number;
  /** How often a request is tried again after it met no answer, 429, 502, 503, 504 or its own first attempt (3). */
  retry?: number;
  reconnect?: ReconnectOptions;
  /**
   * In browsers, all tabs of an origin that are of the same seller get their events over one connection (true), which
   * the next tab takes over when the one that holds it closes. Needs HTTPS or localhost; elsewhere each subscription
   * has its own.
   */
  shareStream?: boolean;
}
