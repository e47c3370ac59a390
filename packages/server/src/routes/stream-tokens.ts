import { parse } from "@amused/core";
import { z } from "zod";
import { jsonReply } from "../http/reply.ts";
import { streamTokenShape } from "../openapi/shapes.ts";
import { durationSchema } from "../units/duration.ts";
import type { Route } from "./route.ts";

const hourMs = 3_600_000;
const requestSchema = z.strictObject({
  ttl: durationSchema
    .refine((ms) => ms >= 1_000 && ms <= 24 * hourMs, "must be from 1s to 24h")
    .optional()
    .meta({ description: "How long it holds, with a unit: `15m`; `1h` when not said, `24h` at most" }),
});

export const streamTokenRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/stream-tokens",
    id: "createStreamToken",
    tag: "Events",
    scope: "read",
    summary: "Make a token for a browser's stream",
    description:
      "Short-lived, read-only, good for `/v1/events/stream` and nothing else, so that no key lives in a page. Whoever has it reads the seller's whole log, `keys.created` and its like included: it is not for pages that everybody can open. It is kept nowhere: a retry makes another.",
    body: { kind: "json", schema: requestSchema, optional: true },
    success: { status: 201, description: "The token", schema: streamTokenShape },
    async handle({ house, context, access, body }) {
      const { ttl = hourMs } = parse(requestSchema, body ?? {});
      const end = access.expiresAt == null ? Number.POSITIVE_INFINITY : Date.parse(access.expiresAt);
      // A token does not outlive the key that made it.
      const expiresAt = new Date(Math.min(Date.now() + ttl, end));
      const token = await house.tokens.issue(access, context.sellerId, expiresAt);
      return jsonReply({ token, expiresAt: expiresAt.toISOString() }, 201, { "cache-control": "no-store" });
    },
  },
];
