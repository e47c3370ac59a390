import { eventQuerySchema, newEventSchema } from "@amused/core";
import { z } from "zod";
import { answerReply } from "../http/reply.ts";
import { eventShape } from "../openapi/shapes.ts";
import { openStream } from "../stream/open.ts";
import type { Route } from "./route.ts";

const tag = "Events";

export const eventRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/events",
    id: "listEvents",
    tag,
    scope: "read",
    summary: "Read the log",
    description:
      "Oldest first, from `after` on; without it (or with `start`) from the oldest event held. `types` takes names and `noun.*`, separated by commas. `nextCursor` is what to pass as `after` next time. A cursor that can not be served is 410 with `reason` and `oldest`.",
    query: eventQuerySchema,
    success: {
      status: 200,
      description: "A run of events",
      schema: z.object({ items: z.array(eventShape), nextCursor: z.string() }),
    },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.events.list(context, query)),
  },
  {
    method: "POST",
    path: "/v1/events",
    id: "publishEvent",
    tag,
    scope: "write",
    summary: "Publish an event of your own",
    description:
      "`noun.verb`; the nouns of Amused's own events are reserved. The payload is an object of at most 64 KB.",
    body: { kind: "json", schema: newEventSchema },
    success: { status: 201, description: "The event, at its place in the log", schema: eventShape },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.events.publish(context, body), 201),
  },
  {
    method: "GET",
    path: "/v1/events/stream",
    id: "streamEvents",
    tag,
    scope: "stream",
    summary: "Follow the log",
    description:
      "Server-Sent Events: `id` is the event's cursor, `event` its type, `data` the event as JSON. Goes on after `Last-Event-ID` or `after`, else from now on; `after=start` begins at the oldest event held. The first block is `stream.open` with `{ resumed, cursor }`, or `stream.reset` with `{ reason, cursor }` when the position can not be served. A filtered stream also says `stream.cursor`. Takes a stream token, also as `?token=`.",
    query: z.object({
      types: eventQuerySchema.shape.types,
      productId: eventQuerySchema.shape.productId,
      after: z.string().optional(),
      token: z
        .string()
        .optional()
        .meta({ description: "A stream token, for pages whose EventSource can send no headers" }),
    }),
    success: {
      status: 200,
      description: "The stream, until either side ends it",
      types: ["text/event-stream"],
    },
    handle: openStream,
  },
];
