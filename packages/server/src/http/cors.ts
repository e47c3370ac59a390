const exposed =
  "Amused-Cursor, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
const allowed =
  "Accept, Amused-Cursor, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id";

/** Which other origins' pages may read the answers: none, unless the settings or a key name them. */
export interface Cors {
  /** Adds what a page of another origin needs to read this answer. */
  apply(request: Request, headers: Record<string, string>): Promise<void>;
  /** What a preflight is told beside that; nothing for an origin that is not named. */
  preflight(request: Request, methods: readonly string[]): Promise<Record<string, string>>;
}

/**
 * CORS for these origins (`*` is all of them) and for those that keys name. A preflight carries no key, so that it is told
 * whether any names its origin; whether this one does is settled when the request comes with it.
 */
export function cors(origins: readonly string[], isNamedByKey: (origin: string) => Promise<boolean>): Cors {
  const any = origins.includes("*");
  const named = new Set(origins);
  async function allows(origin: string | null): Promise<boolean> {
    if (origin === null) return false;
    // A store that can not answer is told of by the answer itself.
    return any || named.has(origin) || (await isNamedByKey(origin).catch(() => false));
  }

  return {
    async apply(request, headers) {
      if (!any) headers.vary = headers.vary === undefined ? "Origin" : `${headers.vary}, Origin`;
      const origin = request.headers.get("origin");
      if (!(await allows(origin))) return;
      headers["access-control-allow-origin"] = any ? "*" : (origin as string);
      headers["access-control-expose-headers"] = exposed;
    },

    async preflight(request, methods) {
      if (!(await allows(request.headers.get("origin")))) return {};
      return {
        "access-control-allow-methods": methods.join(", "),
        "access-control-allow-headers": allowed,
        "access-control-max-age": "7200",
      };
    },
  };
}
