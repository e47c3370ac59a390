import { dailyQuerySchema, newSaleSchema, saleQuerySchema } from "@amused/core";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import { dayShape, pageShape, saleShape, salesShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Sales";

export const saleRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/sales",
    id: "recordSale",
    tag,
    scope: "write",
    summary: "Record a sale",
    description:
      "All lines are taken out of stock or none: `insufficient_stock` says in `available` what was there.",
    body: { kind: "json", schema: newSaleSchema },
    success: { status: 201, description: "One sale for each line", schema: salesShape },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.sales.record(context, body), 201),
  },
  {
    method: "POST",
    path: "/v1/returns",
    id: "recordReturn",
    tag,
    scope: "write",
    summary: "Record goods that came back",
    description: "The body of a sale. Stock rises, and the rows are sales of a negative quantity.",
    body: { kind: "json", schema: newSaleSchema },
    success: { status: 201, description: "One negative sale for each line", schema: salesShape },
    handle: async ({ house, context, body }) =>
      answerReply(await house.amused.services.sales.return(context, body), 201),
  },
  {
    method: "GET",
    path: "/v1/sales",
    id: "listSales",
    tag,
    scope: "read",
    summary: "List sales",
    description: "Newest first by `soldAt`. `from` and `to` are inclusive UTC days, or times.",
    query: saleQuerySchema,
    success: { status: 200, description: "A page of sales", schema: pageShape(saleShape) },
    handle: async ({ house, context, query }) =>
      answerReply(await house.amused.services.sales.list(context, query)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/sales/daily",
    id: "listDailySales",
    tag,
    scope: "read",
    summary: "Daily sales of a product",
    description: "Every day of the span, also those without a sale; the last 90 days when not said.",
    query: dailyQuerySchema,
    success: { status: 200, description: "The days, oldest first", schema: pageShape(dayShape) },
    handle: async ({ house, context, param, query }) =>
      answerReply(await house.amused.services.sales.daily(context, idOf(param("id")), query)),
  },
];
