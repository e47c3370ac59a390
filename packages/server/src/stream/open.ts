import { AmusedError, type OpenedStream, type StreamReader } from "@amused/core";
import { checkScope } from "../auth/access.ts";
import { shownToken } from "../auth/authenticate.ts";
import { sellerOf } from "../auth/seller.ts";
import { negotiate } from "../http/accept.ts";
import type { Reply } from "../http/reply.ts";
import type { SellerCall } from "../routes/route.ts";
import { encodeBlocks, encodeRetry, heartbeatBytes } from "./blocks.ts";
import { nodeSink } from "./node-sink.ts";
import type { OpenStream } from "./open-streams.ts";
import type { Sink, SinkOwner } from "./sink.ts";
import { webSink } from "./web-sink.ts";

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // nginx would keep the stream in its buffers.
  "x-accel-buffering": "no",
};

/** A reader of live events that is so many bytes behind is cut off: it comes back, and catches up at its own pace. */
const mostBuffered = 256 * 1024;
/** When a client that lost the stream comes back, if nobody says otherwise. */
const retryBytes = encodeRetry(2_000);

/** Opens a stream of the seller's events. */
export async function openStream(call: SellerCall): Promise<Reply> {
  const { house, request, context, query } = call;
  const { streams } = house;
  negotiate(request.headers.get("accept"), ["text/event-stream"]);
  if (streams.draining)
    throw new AmusedError("unavailable", "The server is about to stop.", { retryAfter: 1 });
  const {
    after,
    token: _token,
    ...filter
  } = query as {
    after?: string;
    token?: string;
    types?: string[];
    productId?: number;
  };
  const from = request.headers.get("last-event-id") || after;
  const seller = house.amused.services.events;
  if (request.method === "HEAD") {
    (await seller.stream(context, { ...filter, from }, nobody)).close();
    return { status: 200, headers: { ...headers }, body: null };
  }
  const leavePlace = house.takeStream(context.sellerId, holderOf(call));
  const reader = readerOf(call);
  try {
    const log = await seller.stream(context, { ...filter, from }, reader);
    return { status: 200, headers: { ...headers }, body: reader.begin(log, leavePlace) };
  } catch (error) {
    leavePlace();
    throw error;
  }
}

const nobody: StreamReader = { take: () => false, end() {} };

/** A reader between the log and the socket. */
interface SocketReader extends StreamReader {
  /** Begins, and answers the body to answer with. */
  begin(log: OpenedStream, left: () => void): ReadableStream<Uint8Array> | null;
}

function readerOf({ house, request, requestId, access, context, response }: SellerCall): SocketReader {
  const { streams, metrics, logger } = house;
  let log: OpenedStream | null = null;
  let left = () => {};
  let sink: Sink;
  let waits = false;

  /** The one way out, whoever takes it: reader, log, clock or drain. */
  function leave(): boolean {
    if (log === null) return false;
    streams.remove(stream);
    log.close();
    log = null;
    left();
    return true;
  }

  const stream: OpenStream = {
    sentAt: Date.now(),
    expiresAt: access.expiresAt == null ? Number.POSITIVE_INFINITY : Date.parse(access.expiresAt),
    credential: house.options.authorize === undefined ? shownToken(request, true)?.token : request,
    get buffered() {
      return sink.buffered;
    },
    get taken() {
      return sink.taken;
    },
    async check() {
      const now = await house.authenticate(request, true);
      // The host may say by now that they see less, or another shop.
      checkScope(now, "read");
      sellerOf(now, context.sellerId);
    },
    beat() {
      stream.sentAt = Date.now();
      sink.write(heartbeatBytes);
    },
    end(retryMs) {
      if (leave()) sink.end(retryMs === undefined ? undefined : encodeRetry(retryMs));
    },
    cut() {
      if (!leave()) return;
      metrics.cut++;
      sink.cut();
    },
  };

  return {
    begin(opened, leavePlace) {
      log = opened;
      left = leavePlace;
      const owner: SinkOwner = {
        opened() {
          if (log === null) return;
          streams.add(stream);
          sink.write(retryBytes);
          log?.more();
        },
        drained() {
          if (!waits) return;
          waits = false;
          log?.more();
        },
        closed: () => void leave(),
      };
      const made = response === null ? webSink(request.signal, owner) : nodeSink(response, owner);
      sink = made.sink;
      return made.body;
    },

    take(blocks, live) {
      if (log === null) return false;
      const encoded = encodeBlocks(blocks);
      metrics.events += encoded.events;
      stream.sentAt = Date.now();
      if (sink.write(encoded)) return true;
      if (live && sink.buffered <= mostBuffered) return true;
      if (live) stream.cut();
      else waits = true;
      return false;
    },

    end(error) {
      if (error !== undefined)
        logger.error({ err: error, "http.request.id": requestId }, "An event stream broke off");
      stream.end();
    },
  };
}

/** Who is held to the limit of streams: each stream token for itself, as it stands for one page of many. */
function holderOf({ house, request, access }: SellerCall): string {
  const shown = house.options.authorize === undefined ? shownToken(request, true) : null;
  return shown?.token ?? access.actor;
}
