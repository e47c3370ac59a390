import type { RecommendationExplanation, RecommendationReason, Recommendations } from "@amused/core";
import { z } from "zod";
import { productShape } from "./shapes.ts";

// Answers about recommendations, for the OpenAPI document; the compiler holds them to core's interfaces.

const count = z.int();
const against = { with: count };
const moment = z.iso.datetime();
const share = z.number().min(0).max(1);

const reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bought_together"), ...against, baskets: count, lift: z.number() }),
  z.object({ kind: z.literal("words"), ...against, words: z.array(z.string()) }),
  z.object({ kind: z.literal("category"), ...against, category: z.string() }),
  z.object({ kind: z.literal("attribute"), ...against, name: z.string(), value: z.string() }),
  z.object({ kind: z.literal("price"), ...against, ratio: share }),
  z.object({ kind: z.literal("meaning"), ...against, model: z.string(), cosine: z.number() }),
]) satisfies z.ZodType<RecommendationReason>;

const because = z
  .array(reason)
  .meta({ description: "The strongest first; `with` is the product that it was held against" });
const score = share.meta({ description: "Comparable within one answer only" });
const said = {
  model: z.string(),
  generatedAt: moment,
  expiresAt: moment,
  behind: count.meta({ description: "Events of the product that are not in it yet" }),
};

export const recommendationsShape = z.object({
  items: z.array(z.object({ product: productShape, score, because })),
  ...said,
}) satisfies z.ZodType<Recommendations>;

export const recommendationExplanationShape = z.object({
  productId: count,
  otherId: count,
  kind: z.enum(["similar", "bought_together"]),
  rank: count.nullable().meta({ description: "Its place in the list, from 1; null where it is not in it" }),
  score: score.nullable(),
  because,
  listed: count.meta({ description: "How many the list holds" }),
  rivals: z
    .array(z.object({ productId: count, rank: count, score }))
    .meta({ description: "Those next to it in the list, or the last ones where it is not in it" }),
  baskets: z
    .object({
      total: count,
      product: count,
      other: count,
      both: count,
      byChance: z.number().meta({ description: "How many would have held both by chance" }),
      lift: z.number().nullable(),
      orders: z.array(z.object({ orderId: z.string(), soldAt: moment, saleIds: z.array(count) })),
    })
    .nullable()
    .meta({ description: "Orders of several products; null for `similar`, which does not look at them" }),
  likeness: z.object({
    likeness: share,
    words: z.array(z.string()),
    category: z.string().nullable(),
    attributes: z.array(z.object({ name: z.string(), value: z.string() })),
    price: z.object({ product: z.string(), other: z.string(), ratio: share }).nullable(),
  }),
  ...said,
}) satisfies z.ZodType<RecommendationExplanation>;
