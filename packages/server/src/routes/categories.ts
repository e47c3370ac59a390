import { categoryDecisionSchema, categoryQuerySchema, categorySuggestSchema } from "@amused/core";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import {
  categoryAccuracyShape,
  categoryCountShape,
  categoryExplanationShape,
  categoryReviewShape,
  categorySuggestionsShape,
} from "../openapi/category-shapes.ts";
import { pageShape, productShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Categories";

export const categoryRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/categorize",
    id: "suggestCategories",
    cost: 5,
    tag,
    scope: "read",
    summary: "Suggest categories for a product",
    description:
      "From the seller's own products that have a category, or from a general list while there are none. Writes nothing.",
    body: { kind: "json", schema: categorySuggestSchema },
    success: { status: 200, description: "Categories, best first", schema: categorySuggestionsShape },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.categories.suggest(context, body)),
  },
  {
    method: "GET",
    path: "/v1/categories",
    id: "listCategories",
    tag,
    scope: "read",
    summary: "List the categories that products have",
    description: "By code point, with the number of products.",
    query: categoryQuerySchema,
    success: { status: 200, description: "A page of categories", schema: pageShape(categoryCountShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.categories.list(context, query)),
  },
  {
    method: "GET",
    path: "/v1/categories/reviews",
    id: "listCategoryReviews",
    tag,
    scope: "read",
    summary: "List suggestions that wait for a review",
    description: "Those that were not sure enough to be given by themselves, the most confident first.",
    query: categoryQuerySchema,
    success: { status: 200, description: "A page of reviews", schema: pageShape(categoryReviewShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.categories.reviews(context, query)),
  },
  {
    method: "GET",
    path: "/v1/categories/accuracy",
    id: "getCategoryAccuracy",
    tag,
    scope: "read",
    summary: "How suggestions turned out",
    success: { status: 200, description: "By confidence", schema: categoryAccuracyShape },
    handle: async ({ house, context }) =>
      answerReply(await house.amused.services.categories.accuracy(context)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/category",
    id: "explainCategory",
    cost: 5,
    tag,
    scope: "read",
    summary: "Why a product has its category, or what is suggested",
    success: { status: 200, description: "The explanation", schema: categoryExplanationShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.categories.explain(context, idOf(param("id")))),
  },
  {
    method: "POST",
    path: "/v1/products/{id}/category",
    id: "settleCategory",
    tag,
    scope: "write",
    summary: "Accept or correct a product's category",
    description:
      "`null` is for none. What somebody decided is never undone by itself, and is learned at once. A PATCH of the product's `category` says the same.",
    body: { kind: "json", schema: categoryDecisionSchema },
    success: { status: 200, description: "The product", schema: productShape },
    handle: async ({ house, context, param, body }) =>
      answerReply(await house.amused.services.categories.settle(context, idOf(param("id")), body)),
  },
];
