import {
  atRiskQuerySchema,
  explainQuerySchema,
  forecastQuerySchema,
  predictionQuerySchema,
  recordQuerySchema,
} from "@amused/core";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import {
  atRiskShape,
  explanationShape,
  forecastShape,
  predictionRecordShape,
  predictionScoreShape,
  predictionShape,
  stockoutShape,
} from "../openapi/prediction-shapes.ts";
import { pageShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Predictions";

export const predictionRoutes: Route[] = [
  {
    method: "GET",
    path: "/v1/products/{id}/forecast",
    id: "forecastProduct",
    cost: 5,
    tag,
    scope: "read",
    summary: "Forecast a product's sales",
    description:
      "The first point is today (UTC). Four days of five lie between `p10` and `p90`, as was measured on the past. With too little history the verdict is `not_enough_history`, and `need` says how much there should be.",
    query: forecastQuerySchema,
    success: { status: 200, description: "The forecast", schema: forecastShape },
    handle: async ({ house, context, param, query }) =>
      answerReply(await house.amused.services.predictions.forecast(context, idOf(param("id")), query)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/stockout",
    id: "predictStockout",
    cost: 5,
    tag,
    scope: "read",
    summary: "When a product runs out, and what to order",
    success: { status: 200, description: "The prediction", schema: stockoutShape },
    handle: async ({ house, context, param }) =>
      answerReply(await house.amused.services.predictions.stockout(context, idOf(param("id")))),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/explanation",
    id: "explainPrediction",
    cost: 5,
    tag,
    scope: "read",
    summary: "What a product's prediction rests on",
    description:
      "The model and what it was measured against, the days left out for want of stock, the last sales and movements in it, and the events that are not.",
    query: explainQuerySchema,
    success: { status: 200, description: "The evidence", schema: explanationShape },
    handle: async ({ house, context, param, query }) =>
      answerReply(await house.amused.services.predictions.explain(context, idOf(param("id")), query)),
  },
  {
    method: "GET",
    path: "/v1/stockouts",
    id: "listStockouts",
    tag,
    scope: "read",
    summary: "List products that run out soon",
    description: "Soonest first, as last predicted; background work keeps that current.",
    query: atRiskQuerySchema,
    success: { status: 200, description: "A page of products at risk", schema: pageShape(atRiskShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.predictions.atRisk(context, query)),
  },
  {
    method: "GET",
    path: "/v1/predictions",
    id: "listPredictions",
    tag,
    scope: "read",
    summary: "List predictions as they were made",
    description: "Newest first.",
    query: predictionQuerySchema,
    success: { status: 200, description: "A page of predictions", schema: pageShape(predictionShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.predictions.list(context, query)),
  },
  {
    method: "GET",
    path: "/v1/predictions/scores",
    id: "listPredictionScores",
    tag,
    scope: "read",
    summary: "List what became of predictions",
    description:
      "A prediction is compared with what came when its last day is over, one a product and week. Those scored last first.",
    query: predictionQuerySchema,
    success: { status: 200, description: "A page of scores", schema: pageShape(predictionScoreShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.predictions.scores(context, query)),
  },
  {
    method: "GET",
    path: "/v1/predictions/record",
    id: "getPredictionRecord",
    tag,
    scope: "read",
    summary: "How right predictions were",
    description: "In the last 90 days, of a product or over the shop, beside plain rules.",
    query: recordQuerySchema,
    success: { status: 200, description: "The record", schema: predictionRecordShape },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.predictions.record(context, query)),
  },
];
