import { type Amused, AmusedError } from "@amused/core";
import { Hono } from "hono";
import { type House, house as makeHouse } from "./house.ts";
import { honoPath, pathPattern } from "./http/path.ts";
import { internalReply, isAnswer, problemReply } from "./http/problem.ts";
import type { Reply } from "./http/reply.ts";
import { requestIdOf } from "./http/request-id.ts";
import { secure } from "./http/security-headers.ts";
import { addressOf } from "./limits/address.ts";
import { openApiDocument } from "./openapi/document.ts";
import type { AppOptions } from "./options.ts";
import { docsPage } from "./pages/docs.ts";
import { responder } from "./routes/respond.ts";
import { routes } from "./routes/table.ts";
import { nodeResponseOf } from "./stream/node-sink.ts";

/**
 * Amused over HTTP, as an app with nothing listening: mount it in any fetch host, or serve it with `@hono/node-server`.
 *
 * @example
 * const amused = await createAmused({ store: memoryStore() });
 * const app = createApp(amused, { adminKey: process.env.ADMIN_KEY });
 * serve({ fetch: app.fetch, port: 3000 });
 *
 * @example
 * // Inside another app, with its own sessions in place of our keys:
 * host.route("/shop", createApp(amused, { basePath: "/shop", authorize: async (request) => accessOf(await sessionOf(request)) }));
 */
export function createApp(amused: Pick<Amused, "services" | "ready">, options: AppOptions = {}): Hono {
  let document: string | undefined;
  const house = makeHouse(amused, options, {
    document: () => (document ??= JSON.stringify(openApiDocument(routes, options.basePath))),
    docs: () => docsPage(routes, options.referenceScript !== undefined),
  });
  const { trustedProxies: proxies = 0 } = options;
  const app = new Hono();

  for (const route of routes) {
    const respond = responder(route, house);
    // One handler and no middleware: Hono calls it without composing anything.
    app.on(route.method, honoPath(route.path), (c) => {
      const request = c.req.raw;
      return answer(house, request, (requestId, headers) =>
        respond({
          ...{ request, requestId, headers, response: nodeResponseOf(c.env) },
          param: (name) => c.req.param(name),
          address: () => addressOf(request, c.env, proxies),
        }),
      );
    });
  }

  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, routes]) => ({
    pattern: pathPattern(path),
    methods: allowed(routes.map(({ method }) => method)),
  }));
  app.notFound((c) => {
    const known = paths.find(({ pattern }) => pattern.test(c.req.path));
    return answer(house, c.req.raw, () => elsewhere(house, c.req.raw, known?.methods ?? null));
  });
  return app;
}

function allowed(methods: readonly string[]): string[] {
  return [
    ...(methods.includes("GET") ? ["GET", "HEAD"] : []),
    ...methods.filter((method) => method !== "GET"),
    "OPTIONS",
  ];
}

/** A path that is not ours, or a method that it does not have. */
async function elsewhere(house: House, request: Request, methods: string[] | null): Promise<Reply> {
  if (methods === null)
    throw new AmusedError("not_found", "There is nothing at this path; /openapi.json has all there is.", {});
  if (request.method !== "OPTIONS")
    throw new AmusedError("method_not_allowed", `This path takes ${methods.join(", ")}.`, { allow: methods });
  const headers = await house.cors.preflight(request, methods);
  return { status: 204, headers: { ...headers, allow: methods.join(", ") }, body: null };
}

/** Makes the response of a reply or of what was thrown on the way to it, and notes what happened. */
async function answer(
  house: House,
  request: Request,
  respond: (requestId: string, headers: Record<string, string>) => Promise<Reply>,
): Promise<Response> {
  const from = performance.now();
  const requestId = requestIdOf(request);
  const always: Record<string, string> = {};
  let reply: Reply;
  try {
    reply = await respond(requestId, always);
  } catch (error) {
    reply = refuse(house, request, requestId, error);
  }
  const { status, headers, body } = reply;
  Object.assign(headers, always);
  headers["x-request-id"] = requestId;
  secure(headers);
  await house.cors.apply(request, headers);
  const seconds = (performance.now() - from) / 1000;
  house.metrics.request(request.method, status, seconds);
  if (house.tellsRequests) {
    const outcome = { "http.response.status_code": status, "event.duration": Math.round(seconds * 1e9) };
    house.logger.debug({ ...about(request, requestId), ...outcome }, "Answered");
  }
  return new Response(body, { status, headers });
}

function refuse(house: House, request: Request, requestId: string, error: unknown): Reply {
  if (isAnswer(error)) {
    if (error.status >= 500) house.logger.warn({ err: error, "http.request.id": requestId }, error.message);
    return problemReply(error, requestId);
  }
  house.logger.error({ err: error, ...about(request, requestId) }, "A request failed");
  return internalReply(requestId);
}

/** A request as it may stand in a log: what the query calls a token or a key is a credential. */
function about(request: Request, requestId: string): Record<string, string> {
  const url = request.url.replace(/([?&][^?=&]*(?:token|key)=)[^&]*/gi, "$1…");
  return { "http.request.id": requestId, "http.request.method": request.method, "url.original": url };
}
