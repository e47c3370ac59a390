// What every answer says to a browser, unless its route says something else. `Strict-Transport-Security` is not here: it
// speaks for a whole domain, which is its owner's to do, where TLS ends.
const defaults = Object.entries({
  "x-content-type-options": "nosniff",
  // An answer that is opened by itself loads nothing, runs nothing, and is framed by nobody.
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  // Pages of other origins can not embed it; those that CORS lets read it are not concerned.
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  // Answers are a seller's own: no cache between keeps them, and a browser's asks before it shows them again.
  "cache-control": "private, no-cache",
});

/** Adds the headers that keep an answer from being more than it is. */
export function secure(headers: Record<string, string>): void {
  for (const [name, value] of defaults) headers[name] ??= value;
}
