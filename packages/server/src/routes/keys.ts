import { keyRequestSchema, pageQuery, sellerIdSchema } from "@amused/core";
import { z } from "zod";
import { idOf } from "../http/path.ts";
import { answerReply, emptyReply } from "../http/reply.ts";
import { keyShape, newKeyShape, pageShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Keys";

export const keyRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/keys",
    id: "createKey",
    tag,
    scope: "admin",
    summary: "Make an API key",
    description:
      "For a seller, with `read` and `write` when not said; or with the scope `admin` and no seller. The secret is in this answer only: a replay does not show it again.",
    body: { kind: "json", schema: keyRequestSchema },
    success: { status: 201, description: "The key with its secret", schema: newKeyShape },
    async handle({ house, context, body }) {
      const reply = answerReply(await house.amused.services.keys.create(context, body), 201);
      reply.headers["cache-control"] = "no-store";
      return reply;
    },
  },
  {
    method: "GET",
    path: "/v1/keys",
    id: "listKeys",
    tag,
    scope: "admin",
    summary: "List API keys",
    description: "Newest first, without their secrets: all of them, or a seller's with `sellerId`.",
    query: z.strictObject({ ...pageQuery, sellerId: sellerIdSchema.optional() }),
    success: { status: 200, description: "A page of keys", schema: pageShape(keyShape) },
    async handle({ house, query: { sellerId, ...query } }) {
      return answerReply(
        await house.amused.services.keys.list(typeof sellerId === "string" ? sellerId : null, query),
      );
    },
  },
  {
    method: "DELETE",
    path: "/v1/keys/{id}",
    id: "revokeKey",
    tag,
    scope: "admin",
    summary: "Revoke an API key",
    description: "It opens nothing any longer, and its streams end within five seconds.",
    success: { status: 204, description: "It is revoked" },
    handle: async ({ house, context, param }) =>
      emptyReply(await house.amused.services.keys.revoke(context, idOf(param("id")))),
  },
];
