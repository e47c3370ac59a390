import { AmusedError, type ApiKey, faults, type Services } from "@amused/core";
import { type AppOptions, silent } from "../options.ts";
import { type Access, accessSchema } from "./access.ts";
import { adminKey } from "./admin-key.ts";
import { jwtVerifier, looksLikeJwt } from "./jwt.ts";
import { looksLikeStreamToken, type StreamTokens } from "./stream-tokens.ts";

/** Who calls; the second tells whether the call opens a stream, which takes tokens that nothing else does. */
export type Authenticate = (request: Request, stream: boolean) => Promise<Access>;

/** The longest credential that is looked at. */
const longest = 8_192;

/** Authentication by the host's own word, or by API keys, the host's JWTs and stream tokens. */
export function authentication(services: Services, tokens: StreamTokens, options: AppOptions): Authenticate {
  const { authorize, jwt, logger = silent } = options;
  const isAdminKey = adminKey(options.adminKey);
  const byJwt =
    jwt === undefined
      ? null
      : jwtVerifier(jwt, (err) =>
          logger.warn({ err }, "The keys of the issuer of JWTs could not be read again"),
        );

  async function byToken(
    request: Request,
    token: string,
    stream: boolean,
    inQuery: boolean,
  ): Promise<Access> {
    if (looksLikeStreamToken(token)) {
      const access = await tokens.verify(token);
      if (stream) return checkMaker(request, access);
      throw new AmusedError("forbidden", "A stream token opens the stream and nothing else.", {});
    }
    if (inQuery)
      throw new AmusedError(
        "unauthenticated",
        "Keys and JWTs are not taken from the query, where logs and histories keep them.",
        {},
      );
    const admin = options.adminKey === undefined ? null : await isAdminKey(token);
    if (admin !== null) return admin;
    if (byJwt !== null && looksLikeJwt(token)) return byJwt(token);
    const key = await services.keys.verify(token);
    checkOrigin(request, key);
    const { id, sellerId, scopes, expiresAt } = key;
    return { sellerId, scopes, actor: `key:${id}`, expiresAt };
  }

  /** A stream token is no better than the key that made it: revoked, it takes its tokens along. */
  async function checkMaker(request: Request, access: Access): Promise<Access> {
    const id = /^key:(\d+)$/.exec(access.actor)?.[1];
    if (id !== undefined && authorize === undefined)
      checkOrigin(request, await services.keys.verifyId(Number(id)));
    return access;
  }

  return async (request, stream) => {
    const header = request.headers.get("authorization");
    if (authorize === undefined) {
      const shown = shownToken(request, stream);
      if (shown === null) throw missing(header);
      return byToken(request, shown.token, stream, shown.inQuery);
    }
    const access = parsed(await authorize(request));
    if (access !== null) return access;
    // The host's pages may use our stream tokens too.
    const given = bearer(header) ?? queryToken(request.url);
    if (given !== null && looksLikeStreamToken(given)) return byToken(request, given, stream, false);
    throw missing(header);
  };
}

/** What the host said, if that is something: its own mistakes are faults, and open nothing. */
function parsed(said: unknown): Access | null {
  if (said === null || said === undefined) return null;
  const { data, error } = accessSchema.safeParse(said);
  if (error !== undefined) {
    const said = faults(error.issues, accessSchema).map(({ path, message }) => `${path} ${message}`);
    throw new TypeError(`What authorize() answered is no access: ${said.join("; ")}`);
  }
  if (data.expiresAt != null && Date.parse(data.expiresAt) <= Date.now())
    throw new AmusedError("unauthenticated", `This access ended at ${data.expiresAt}.`, {});
  return data;
}

/** A key that names pages is no good in others. What is no browser says whatever origin it likes, or none. */
function checkOrigin(request: Request, { origins }: ApiKey): void {
  if (origins === null) return;
  const origin = request.headers.get("origin");
  if (origin === null || origins.includes(origin)) return;
  throw new AmusedError(
    "forbidden",
    "This key is for pages of other origins; those that may use it are named when it is made.",
    {},
  );
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
  if (header.startsWith("Bearer ") && header.length < longest && !header.includes(" ", 7))
    return header.slice(7) || null;
  return header.length > longest ? null : (/^bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1] ?? null);
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
      : `The Authorization header must be: Bearer <key>, of at most ${longest} characters.`;
  return new AmusedError("unauthenticated", message, {});
}
