import {
  type Answer,
  keyRequestSchema,
  keyRotationSchema,
  mostOverlapMs,
  type NewApiKey,
  pageQuery,
  parse,
  sellerIdSchema,
} from "@amused/core";
import { z } from "zod";
import { idOf } from "../http/path.ts";
import { answerReply, emptyReply, type Reply } from "../http/reply.ts";
import { keyShape, newKeyShape, pageShape } from "../openapi/shapes.ts";
import { durationSchema } from "../units/duration.ts";
import type { Route } from "./route.ts";

const tag = "Keys";

const rotationSchema = keyRotationSchema.extend({
  overlap: durationSchema
    .refine((ms) => ms <= mostOverlapMs, "must be at most 30d")
    .optional()
    .meta({
      description: "How long the old key lives on, with a unit: `24h` when not said, `0s` ends it at once",
    }),
  expiresAt: keyRotationSchema.shape.expiresAt.meta({
    description: "When the new key ends: with the old one's own end when not said, never with `null`",
  }),
});

export const keyRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/keys",
    id: "createKey",
    tag,
    scope: "admin",
    summary: "Make an API key",
    description:
      "For a seller, with `read` and `write` when not said; or with the scope `admin` and no seller. A key that lives in pages names their `origins`: a request of any other page is refused. The secret is in this answer only: a replay does not show it again.",
    body: { kind: "json", schema: keyRequestSchema },
    success: { status: 201, description: "The key with its secret", schema: newKeyShape },
    handle: async ({ house, context, body }) =>
      secretReply(await house.amused.services.keys.create(context, body)),
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
    method: "POST",
    path: "/v1/keys/{id}/rotate",
    id: "rotateKey",
    tag,
    scope: "admin",
    summary: "Put a new key in the place of one",
    description:
      "Of the same seller, name, scopes and origins. The old key lives on for `overlap`, then ends with its streams; a key is rotated once, its successor is next. The secret is in this answer only: a replay does not show it again.",
    body: { kind: "json", schema: rotationSchema, optional: true },
    success: { status: 201, description: "The new key with its secret", schema: newKeyShape },
    handle: async ({ house, context, body, param }) =>
      secretReply(
        await house.amused.services.keys.rotate(
          context,
          idOf(param("id")),
          parse(rotationSchema, body ?? {}),
        ),
      ),
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

/** No cache keeps a secret. */
function secretReply(answer: Answer<NewApiKey>): Reply {
  const reply = answerReply(answer, 201);
  reply.headers["cache-control"] = "no-store";
  return reply;
}
