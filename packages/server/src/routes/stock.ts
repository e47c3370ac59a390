import { movementQuerySchema, stockAdjustmentSchema, stockCountSchema } from "@amused/core";
import { z } from "zod";
import { idOf } from "../http/path.ts";
import { answerReply } from "../http/reply.ts";
import { movementShape, pageShape, stockChangedShape } from "../openapi/shapes.ts";
import type { Route } from "./route.ts";

const tag = "Stock";

export const stockRoutes: Route[] = [
  {
    method: "POST",
    path: "/v1/products/{id}/stock",
    id: "changeStock",
    tag,
    scope: "write",
    summary: "Adjust or count a product's stock",
    description:
      "`adjust` changes the quantity by so many units; `count` sets it to what was counted, plus what moved since `countedAt`. With `expected`, another current quantity is a `conflict`.",
    body: { kind: "json", schema: z.union([stockAdjustmentSchema, stockCountSchema]) },
    success: { status: 200, description: "The product and the ledger's new line", schema: stockChangedShape },
    handle: async ({ house, context, param, body }) =>
      answerReply(await house.amused.services.stock.change(context, idOf(param("id")), body)),
  },
  {
    method: "GET",
    path: "/v1/products/{id}/stock/movements",
    id: "listMovements",
    tag,
    scope: "read",
    summary: "List a product's ledger",
    description: "Newest first. The sum of all deltas is the quantity, always.",
    query: movementQuerySchema,
    success: { status: 200, description: "A page of movements", schema: pageShape(movementShape) },
    handle: async ({ house, context, param, query }) =>
      answerReply(await house.amused.services.stock.movements(context, idOf(param("id")), query)),
  },
];
