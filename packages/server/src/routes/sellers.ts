import { notFound } from "@amused/core";
import { answerReply } from "../http/reply.ts";
import { erasureShape } from "../openapi/shapes.ts";
import type { AdminCall, Route } from "./route.ts";

const tag = "Sellers";

export const sellerRoutes: Route[] = [
  {
    method: "DELETE",
    path: "/v1/sellers/{sellerId}",
    id: "eraseSeller",
    tag,
    scope: "admin",
    summary: "Erase a seller",
    description:
      'Everything of it, for good: products, sales, its log, its keys, what was learned from it, its images. At once its keys open nothing, its streams end, and what is written for it is `conflict` with `state: "erasing"`; the rest is done in the background. Asked again it answers how far that is.',
    success: {
      status: 200,
      description: "It is done, and the seller may begin anew",
      later: "It was begun, or goes on",
      schema: erasureShape,
    },
    async handle(call) {
      const answer = await call.house.amused.services.erasures.erase(call.context, sellerIdOf(call));
      return answerReply(answer, answer.body.value.state === "erased" ? 200 : 202);
    },
  },
  {
    method: "GET",
    path: "/v1/sellers/{sellerId}/erasure",
    id: "getErasure",
    tag,
    scope: "admin",
    summary: "See how far the erasing of a seller is",
    success: { status: 200, description: "`erasing` until nothing is left", schema: erasureShape },
    handle: async (call) => answerReply(await call.house.amused.services.erasures.find(sellerIdOf(call))),
  },
];

function sellerIdOf({ param }: AdminCall): string {
  const id = param("sellerId");
  if (id === undefined) throw notFound("seller", "");
  return id;
}
