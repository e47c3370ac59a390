import { explanationQuerySchema, recommendationQuerySchema } from "@amused/core";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import { recommendationExplanationShape, recommendationsShape } from "../openapi/recommendation-shapes.ts";
import type { Route } from "./route.ts";

const tag = "Recommendations";

export const recommendationRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/products/{id}/recommendations",
    id: "recommendProducts",
    cost: 5,
    tag,
    scope: "read",
    summary: "What is similar to a product, or bought together with it",
    description:
      "The best first, each with the reasons that decided. `inStock=true` leaves out what has no stock. Nothing is bought together with a product that was in no order with another: the list is empty then.",
    query: recommendationQuerySchema,
    success: { status: 200, description: "The recommendations", schema: recommendationsShape },
    handle: async ({ house, context, param, query }) =>
      answerReply(await house.amused.services.recommendations.list(context, idOf(param("id")), query)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/recommendations/{otherId}",
    id: "explainRecommendation",
    cost: 5,
    tag,
    scope: "read",
    summary: "Why another product is recommended with one, or is not",
    description:
      "`rank` is its place in the list, `null` where it is not in it. `baskets` counts orders of several products, down to the ids of the last ones that held both; `likeness` is what the two have in common.",
    query: explanationQuerySchema,
    success: { status: 200, description: "The evidence", schema: recommendationExplanationShape },
    handle: async ({ house, context, param, query }) =>
      answerReply(
        await house.amused.services.recommendations.explain(
          context,
          idOf(param("id")),
          idOf(param("otherId"), "otherId"),
          query,
        ),
      ),
  },
];
