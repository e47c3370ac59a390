import { auditQuerySchema } from "@amused/core";
import { answerReply } from "../http/reply.ts";
import { auditShape, pageShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

export const auditRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/audit",
    id: "listAudit",
    tag: "Audit",
    scope: "write",
    summary: "List who did what",
    description:
      "The log with the `actor`, `keyId` and `requestId` of each event, newest first, as far back as it is held. Needs `write`: it tells of people and keys, of which a key that only reads, in a page perhaps, need know nothing. `from` and `to` are inclusive UTC days, or times. A page may have fewer items than its limit, or none, while `nextCursor` says where to go on.",
    query: auditQuerySchema,
    success: { status: 200, description: "A page of the log", schema: pageShape(auditShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.audit.list(context, query)),
  },
];
