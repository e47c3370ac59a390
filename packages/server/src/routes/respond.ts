import { invalidRequest } from "@amused/core";
import { type Access, checkScope } from "../auth/access.ts";
import { sellerOf } from "../auth/seller.ts";
import type { House } from "../house.ts";
import { negotiate } from "../http/accept.ts";
import { readBytes } from "../http/body.ts";
import { matchesNone } from "../http/conditions.ts";
import { idempotencyKey, requestHash } from "../http/idempotency.ts";
import { checkJsonType, parseJson } from "../http/json.ts";
import { type QueryKinds, queryKinds, readQuery } from "../http/query.ts";
import type { Reply } from "../http/reply.ts";
import { inTime } from "../limits/deadline.ts";
import type { Stranger } from "../limits/guard.ts";
import type { NodeResponse } from "../stream/node-sink.ts";
import type { AdminRoute, PublicRoute, RequestBody, Route, SellerRoute } from "./route.ts";

/** A request as the app hands it in. */
export interface Incoming extends Stranger {
  requestId: string;
  /** What the answer says whatever it will be. */
  headers: Record<string, string>;
  response: NodeResponse | null;
  param(name: string): string | undefined;
}

/** What a route does with a request: who is it, may they, what do they say, and then the handler. Throws refusals. */
export function responder(route: Route, house: House): (incoming: Incoming) => Promise<Reply> {
  const kinds = new Map(queryKinds(route.query));
  switch (route.scope) {
    case "public":
      return publicResponder(route, house, kinds);
    case "admin":
      return adminResponder(route, house, kinds);
    case "read":
    case "write":
    case "stream":
      return sellerResponder(route, house, kinds.set("sellerId", "text"));
    default:
      // The compiler refuses such a route; one that came past it must not be open to whoever has any key.
      throw new TypeError(`${(route as Route).method} ${(route as Route).path} declares no scope.`);
  }
}

function publicResponder(
  route: PublicRoute,
  house: House,
  kinds: QueryKinds,
): (incoming: Incoming) => Promise<Reply> {
  return async ({ request, requestId, response, param, address }) => {
    const query = readQuery(request.url, kinds, route.query);
    return unlessKnown(
      request,
      await route.handle({ house, request, requestId, response, param, address, query }),
    );
  };
}

function adminResponder(
  route: AdminRoute,
  house: House,
  kinds: QueryKinds,
): (incoming: Incoming) => Promise<Reply> {
  return async (incoming) => {
    const { headers, ...call } = incoming;
    const { request } = call;
    const access = await house.guard(incoming, false, () => house.authenticate(request, false));
    checkScope(access, "admin");
    await house.count?.(access, route.cost ?? 1, headers);
    checkAccept(request, route);
    const query = readQuery(request.url, kinds, route.query);
    const { body, idempotency } = await readRequest(request, route, house);
    const context = { actor: access.actor, requestId: call.requestId, idempotency };
    const handled = route.handle({ ...call, house, query, access, context, body });
    return unlessKnown(request, await timed(handled, house, call.requestId));
  };
}

function sellerResponder(
  route: SellerRoute,
  house: House,
  kinds: QueryKinds,
): (incoming: Incoming) => Promise<Reply> {
  const isStream = route.scope === "stream";
  const scope = route.scope === "write" ? "write" : "read";
  // An import goes on as long as its file comes, and a stream as long as somebody reads.
  const isOpenEnded = isStream || route.body?.kind === "file";
  return async (incoming) => {
    const { headers, ...call } = incoming;
    const { request } = call;
    const access: Access = await house.guard(incoming, isStream, () => house.authenticate(request, isStream));
    checkScope(access, scope);
    await house.count?.(access, route.cost ?? 1, headers);
    if (!isStream) checkAccept(request, route);
    const { sellerId: named, ...query } = readQuery(request.url, kinds, route.query);
    const sellerId = sellerOf(access, named);
    const { body, bytes, idempotency } = await readRequest(request, route, house);
    const context = {
      sellerId,
      actor: access.actor,
      requestId: call.requestId,
      idempotency,
      sees: request.headers.get("amused-cursor"),
    };
    const handled = route.handle({ ...call, house, query, access, context, body, bytes });
    return unlessKnown(request, await (isOpenEnded ? handled : timed(handled, house, call.requestId)));
  };
}

function timed(handled: Promise<Reply>, { limits, logger }: House, requestId: string): Promise<Reply> {
  return inTime(handled, limits.requestMs, (err) =>
    logger.warn({ err, "http.request.id": requestId }, "A request failed after its time was over"),
  );
}

function checkAccept(request: Request, { success }: Route): void {
  const accept = request.headers.get("accept");
  if (accept === null || accept === "*/*" || success.types !== undefined) return;
  negotiate(accept, ["application/json"]);
}

interface ReadRequest {
  body: unknown;
  bytes: Uint8Array<ArrayBuffer> | null;
  idempotency: { key: string; hash: string } | null;
}

const nothing: ReadRequest = { body: undefined, bytes: null, idempotency: null };

async function readRequest(request: Request, route: Route, { limits }: House): Promise<ReadRequest> {
  if (route.method === "GET") return nothing;
  const key = idempotencyKey(request);
  const bytes = await readBody(request, route.body, limits);
  const idempotency = key === null ? null : { key, hash: await requestHash(request, bytes) };
  return {
    body: route.body?.kind === "json" ? jsonOf(bytes, route.body.optional) : undefined,
    bytes,
    idempotency,
  };
}

async function readBody(
  request: Request,
  body: RequestBody | undefined,
  limits: House["limits"],
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === undefined || body.kind === "file") return null;
  if (body.kind === "image") return readBytes(request, { bytes: limits.image, silenceMs: limits.requestMs });
  // Without a type and a body, what is missing is the body.
  if (request.headers.has("content-type") || request.headers.has("content-encoding")) checkJsonType(request);
  const bytes = await readBytes(request, { bytes: limits.body, silenceMs: limits.requestMs });
  if (bytes.byteLength > 0) checkJsonType(request);
  return bytes;
}

function jsonOf(bytes: Uint8Array | null, optional: true | undefined): unknown {
  if (bytes !== null && bytes.byteLength > 0) return parseJson(bytes);
  if (optional) return undefined;
  throw invalidRequest([{ path: "", message: "a JSON body is required" }]);
}

/** 304 where the caller has this very answer. */
function unlessKnown(request: Request, reply: Reply): Reply {
  if (reply.status !== 200 || reply.headers.etag === undefined) return reply;
  if (request.method !== "GET" && request.method !== "HEAD") return reply;
  if (!matchesNone(request.headers.get("if-none-match"), reply.headers.etag)) return reply;
  const { "content-type": _type, "content-length": _length, ...headers } = reply.headers;
  return { status: 304, headers, body: null };
}
