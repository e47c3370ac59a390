import { AmusedError } from "@amused/core";
import { negotiate } from "../http/accept.ts";
import type { Reply } from "../http/reply.ts";
import type { SellerCall } from "../routes/route.ts";
import { countBlocks } from "./count.ts";
import { readable } from "./readable.ts";

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // nginx would keep the stream in its buffers.
  "x-accel-buffering": "no",
};

/** Opens a stream of the seller's events. */
export async function openStream({
  house,
  request,
  requestId,
  context,
  access,
  query,
}: SellerCall): Promise<Reply> {
  const { streams, metrics, logger } = house;
  negotiate(request.headers.get("accept"), ["text/event-stream"]);
  if (streams.draining)
    throw new AmusedError("unavailable", "The server is about to stop.", { retryAfter: 1 });
  const { after, token, ...filter } = query as {
    after?: string;
    token?: string;
    types?: string[];
    productId?: number;
  };
  const from = request.headers.get("last-event-id") || after;
  const abort = new AbortController();
  const blocks = await house.amused.services.events.stream(context, { ...filter, from }, abort.signal);
  if (request.method === "HEAD") {
    abort.abort();
    return { status: 200, headers: { ...headers }, body: null };
  }

  // Hosts that hand on the caller's signal end the stream by it; the others cancel the body.
  const { signal } = request;
  const leave = () => abort.abort(signal.reason);
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });

  const everything = filter.types === undefined && filter.productId === undefined;
  const body = readable(everything ? countBlocks(blocks, metrics, logger) : blocks, {
    streams,
    abort,
    expiresAt: access.expiresAt == null ? Number.POSITIVE_INFINITY : Date.parse(access.expiresAt),
    credential:
      house.options.authorize === undefined ? (request.headers.get("authorization") ?? token) : request,
    check: async () => void (await house.authenticate(request, true)),
    onError: (err) => logger.error({ err, "http.request.id": requestId }, "An event stream broke off"),
    onEnd: () => signal.removeEventListener("abort", leave),
  });
  return { status: 200, headers: { ...headers }, body: body as ReadableStream<Uint8Array> };
}
