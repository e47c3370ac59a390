const exposed =
  "Amused-Cursor, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
const allowed =
  "Accept, Amused-Cursor, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id";

/** Which other origins' pages may read the answers: none, unless named. */
export interface Cors {
  /** Adds what a page of another origin needs to read this answer. */
  apply(request: Request, headers: Record<string, string>): void;
  /** What a preflight is told; nothing for an origin that is not named. */
  preflight(request: Request, methods: readonly string[]): Record<string, string>;
}

/** CORS for these origins; `*` is all of them. */
export function cors(origins: readonly string[]): Cors {
  const any = origins.includes("*");
  const named = new Set(origins);
  const allows = (origin: string | null): origin is string => origin !== null && (any || named.has(origin));

  function apply(request: Request, headers: Record<string, string>): void {
    if (!any) headers.vary = headers.vary === undefined ? "Origin" : `${headers.vary}, Origin`;
    const origin = request.headers.get("origin");
    if (!allows(origin)) return;
    headers["access-control-allow-origin"] = any ? "*" : origin;
    headers["access-control-expose-headers"] = exposed;
  }

  return {
    apply,
    preflight(request, methods) {
      const headers: Record<string, string> = {};
      apply(request, headers);
      if (headers["access-control-allow-origin"] === undefined) return headers;
      headers["access-control-allow-methods"] = methods.join(", ");
      headers["access-control-allow-headers"] = allowed;
      headers["access-control-max-age"] = "7200";
      return headers;
    },
  };
}
