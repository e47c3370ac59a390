import { alertAcknowledgeSchema, alertQuerySchema, alertSnoozeSchema } from "@amused/core";
import { z } from "zod";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import { alertShape } from "../openapi/alert-shapes.ts";
import { pageShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Alerts";
const changed = { status: 200, description: "The alert as it is now", schema: alertShape } as const;

export const alertRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/alerts",
    id: "listAlerts",
    tag,
    scope: "read",
    summary: "List alerts",
    description: "Newest first. `state=active` are those that are open, acknowledged or snoozed.",
    query: alertQuerySchema,
    success: { status: 200, description: "A page of alerts", schema: pageShape(alertShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.alerts.list(context, query)),
  },
  {
    method: "GET",
    path: "/v1/alerts/{id}",
    id: "getAlert",
    tag,
    scope: "read",
    summary: "Get an alert",
    success: { status: 200, description: "The alert", schema: alertShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.alerts.get(context, idOf(param("id")))),
  },
  {
    method: "POST",
    path: "/v1/alerts/{id}/acknowledge",
    id: "acknowledgeAlert",
    tag,
    scope: "write",
    summary: "Say that somebody sees to it",
    description: "It stays acknowledged until its cause is gone. One that is over is a `conflict`.",
    success: changed,
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.alerts.acknowledge(context, idOf(param("id")))),
  },
  {
    method: "POST",
    path: "/v1/alerts/acknowledge",
    id: "acknowledgeAlerts",
    tag,
    scope: "write",
    summary: "Say that somebody sees to many",
    description:
      "By `ids`, 200 at most, those that are open or snoozed; by `kind` the newest 200 that are open. The others are left as they are: again and again until `items` is empty acknowledges all of a kind.",
    body: { kind: "json", schema: alertAcknowledgeSchema },
    success: {
      status: 200,
      description: "Those that this request acknowledged, the newest first",
      schema: z.object({ items: z.array(alertShape) }),
    },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.alerts.acknowledgeAll(context, body)),
  },
  {
    method: "POST",
    path: "/v1/alerts/{id}/snooze",
    id: "snoozeAlert",
    tag,
    scope: "write",
    summary: "Put an alert off",
    description: "If its cause holds at that moment, within 90 days, it opens again.",
    body: { kind: "json", schema: alertSnoozeSchema },
    success: changed,
    handle: async ({ house, context, param, body }) =>
      answerReply(await house.amused.services.alerts.snooze(context, idOf(param("id")), body)),
  },
  {
    method: "POST",
    path: "/v1/alerts/{id}/resolve",
    id: "resolveAlert",
    tag,
    scope: "write",
    summary: "End an alert by hand",
    description:
      "None of its kind is raised for the product until the cause went away and came back. One that was withdrawn is a `conflict`.",
    success: changed,
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.alerts.resolve(context, idOf(param("id")))),
  },
];
