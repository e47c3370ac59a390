import {
  incomingChangesSchema,
  incomingQuerySchema,
  incomingReceiptSchema,
  newIncomingSchema,
} from "@amused/core";
import { idOf } from "../http/path.ts";
import { answerReply, createdReply, emptyReply } from "../http/reply.ts";
import { incomingReceivedShape, incomingShape, pageShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Incoming stock";

export const incomingRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/incoming",
    id: "createIncoming",
    tag,
    scope: "write",
    summary: "Note goods that are on their way",
    description: "Predictions count on them from the day on which they are expected.",
    body: { kind: "json", schema: newIncomingSchema },
    success: { status: 201, description: "The goods; `Location` names them", schema: incomingShape },
    handle: async ({ house, context, body }) =>
      createdReply(
        await house.amused.services.incoming.create(context, body),
        (id) => `${house.base}/v1/incoming/${id}`,
      ),
  },
  {
    method: "GET",
    path: "/v1/incoming",
    id: "listIncoming",
    tag,
    scope: "read",
    summary: "List goods that are or were on their way",
    description:
      "What is open first, by the day on which it is expected, soonest first; the rest behind it, latest first.",
    query: incomingQuerySchema,
    success: { status: 200, description: "A page of incoming stock", schema: pageShape(incomingShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.incoming.list(context, query)),
  },
  {
    method: "GET",
    path: "/v1/incoming/{id}",
    id: "getIncoming",
    tag,
    scope: "read",
    summary: "Get goods that are or were on their way",
    success: { status: 200, description: "The goods", schema: incomingShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.incoming.get(context, idOf(param("id")))),
  },
  {
    method: "PATCH",
    path: "/v1/incoming/{id}",
    id: "updateIncoming",
    tag,
    scope: "write",
    summary: "Change what is known of goods on their way",
    description: "Only while they are open; anything else is a `conflict` that says their state.",
    body: { kind: "json", schema: incomingChangesSchema },
    success: { status: 200, description: "The goods as they are now", schema: incomingShape },
    handle: async ({ house, context, param, body }) =>
      answerReply(await house.amused.services.incoming.update(context, idOf(param("id")), body)),
  },
  {
    method: "POST",
    path: "/v1/incoming/{id}/receive",
    id: "receiveIncoming",
    tag,
    scope: "write",
    summary: "Take in goods that have come",
    description:
      "Stock rises by `quantity`, or by all that is still to come when none is said; more may come than was ordered. The goods stay open while some is still to come.",
    body: { kind: "json", schema: incomingReceiptSchema, optional: true },
    success: {
      status: 200,
      description: "The goods, the product and the ledger's new line",
      schema: incomingReceivedShape,
    },
    handle: async ({ house, context, param, body }) =>
      answerReply(await house.amused.services.incoming.receive(context, idOf(param("id")), body)),
  },
  {
    method: "DELETE",
    path: "/v1/incoming/{id}",
    id: "cancelIncoming",
    tag,
    scope: "write",
    summary: "Cancel what is still to come",
    description: "The goods stay to be looked up, with the state `cancelled`.",
    success: { status: 204, description: "They are waited for no longer" },
    handle: async ({ house, context, param }) =>
      emptyReply(await house.amused.services.incoming.cancel(context, idOf(param("id")))),
  },
];
