import { AmusedError, type Services } from "@amused/core";
import type { AppOptions } from "../options.ts";
import type { Access } from "./access.ts";
import { adminKey } from "./admin-key.ts";
import { looksLikeStreamToken, type StreamTokens } from "./stream-tokens.ts";

/** Who calls; the second tells whether the call opens a stream, which takes tokens that nothing else does. */
export type Authenticate = (request: Request, stream: boolean) => Promise<Access>;

/** Authentication by the host's own word, or by API keys and stream tokens. */
export function authentication(services: Services, tokens: StreamTokens, options: AppOptions): Authenticate {
  const { authorize } = options;
  const isAdminKey = adminKey(options.adminKey);

  async function byToken(token: string, stream: boolean, inQuery: boolean): Promise<Access> {
    if (looksLikeStreamToken(token)) {
      const access = await tokens.verify(token);
      if (stream) return checkMaker(access);
      throw new AmusedError("forbidden", "A stream token opens the stream and nothing else.", {});
    }
    if (inQuery)
      throw new AmusedError(
        "unauthenticated",
        "API keys are not taken from the query, where logs and histories keep them.",
        {},
      );
    const admin = options.adminKey === undefined ? null : await isAdminKey(token);
    if (admin !== null) return admin;
    const { id, sellerId, scopes, expiresAt } = await services.keys.verify(token);
    return { sellerId, scopes, actor: `key:${id}`, expiresAt };
  }

  /** A stream token is no better than the key that made it: revoked, it takes its tokens along. */
  async function checkMaker(access: Access): Promise<Access> {
    const id = /^key:(\d+)$/.exec(access.actor)?.[1];
    if (id !== undefined && authorize === undefined) await services.keys.verifyId(Number(id));
    return access;
  }

  return async (request, stream) => {
    const header = request.headers.get("authorization");
    if (authorize === undefined) {
      const shown = shownToken(request, stream);
      if (shown === null) throw missing(header);
      return byToken(shown.token, stream, shown.inQuery);
    }
    const access = await authorize(request);
    if (access !== null) return access;
    // The host's pages may use our stream tokens too.
    const given = bearer(header) ?? queryToken(request.url);
    if (given !== null && looksLikeStreamToken(given)) return byToken(given, stream, false);
    throw missing(header);
  };
}

/** The one key or token by which a call is judged, and where it stands. */
export function shownToken(request: Request, stream: boolean): { token: string; inQuery: boolean } | null {
  const token = bearer(request.headers.get("authorization"));
  const queried = queryToken(request.url);
  // A query with a key in it is refused even beside a valid header: it is in the logs by now.
  if (queried !== null && (token === null || stream)) return { token: queried, inQuery: true };
  return token === null ? null : { token, inQuery: false };
}

function bearer(header: string | null): string | null {
  if (header === null) return null;
  // Most calls are written just so; the rest is for the others that the RFC allows.
  if (header.startsWith("Bearer ") && header.length < 4096 && !header.includes(" ", 7))
    return header.slice(7) || null;
  return /^bearer +([\x21-\x7e]{1,4096}) *$/i.exec(header)?.[1] ?? null;
}

function queryToken(url: string): string | null {
  const from = url.indexOf("?");
  if (from === -1 || !url.includes("token=", from)) return null;
  return new URLSearchParams(url.slice(from + 1)).get("token");
}

function missing(header: string | null): AmusedError<"unauthenticated"> {
  const message =
    header === null
      ? "Send a key: Authorization: Bearer <key>."
      : "The Authorization header must be: Bearer <key>.";
  return new AmusedError("unauthenticated", message, {});
}
