import type { ReadOptions } from "@amused/core";
import type { Http } from "../http/http.ts";

/** A credential for a page: it opens the seller's event stream, and nothing else. */
export interface StreamToken {
  token: string;
  /** ISO 8601. The stream that it opened ends then. */
  expiresAt: string;
}

/** Makes tokens for pages, so that no key lives in one. */
export interface StreamTokens {
  /**
   * Makes a token that lives as long as `ttl` says (`"15m"`; from `"1s"` to `"24h"`, `"1h"` when not said), and no
   * longer than the key that makes it. It is kept nowhere: each call makes another.
   *
   * @example
   * // On the host's server, which knows its visitor and holds the key:
   * app.get("/stream-token", async (c) => c.text((await shop.streamTokens.create({ ttl: "15m" })).token));
   * // In the page, whose client asks for another one whenever the last has expired:
   * const shop = createClient({ baseUrl, token: async () => (await fetch("/stream-token")).text() });
   */
  create(request?: { ttl?: string }, options?: ReadOptions): Promise<StreamToken>;
}

export function streamTokens(http: Http): StreamTokens {
  return { create: (json = {}, options) => http.send("POST", "/stream-tokens", { ...options, json }) };
}
