import { settingsChangesSchema } from "@amused/core";
import { answerReply } from "../http/reply.ts";
import { settingsShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Settings";

export const settingsRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/settings",
    id: "getSettings",
    tag,
    scope: "read",
    summary: "Get what holds for all products",
    description: "A product's own value goes before it.",
    success: { status: 200, description: "The settings, set or not", schema: settingsShape },
    handle: async ({ house, context }) => answerReply(await house.amused.services.settings.get(context)),
  },
  {
    method: "PATCH",
    path: "/v1/settings",
    id: "updateSettings",
    tag,
    scope: "write",
    summary: "Change what holds for all products",
    description: "`null` goes back to what it is when nothing was set.",
    body: { kind: "json", schema: settingsChangesSchema },
    success: { status: 200, description: "The settings as they are now", schema: settingsShape },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.settings.update(context, body)),
  },
];
