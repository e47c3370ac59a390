import type { ProductSearchResult, SearchReason } from "@amused/core";
import { z } from "zod";
import { productShape } from "./shapes.ts";

const share = z.number().min(0).max(1);

const reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sku"), sku: z.string() }),
  z.object({ kind: z.literal("words"), words: z.array(z.string()) }),
  z.object({ kind: z.literal("meaning"), model: z.string(), cosine: z.number() }),
]) satisfies z.ZodType<SearchReason>;

/** As in shapes.ts: for the OpenAPI document. */
export const productSearchShape = z.object({
  items: z.array(
    z.object({
      product: productShape,
      score: share.meta({
        description: "Comparable within one answer only; from 0.5 on it has all the words",
      }),
      because: z.array(reason),
    }),
  ),
  model: z.string().meta({ examples: ["words", "words + text-embedding-3-small"] }),
  generatedAt: z.iso.datetime(),
  reasons: z
    .array(z.object({ kind: z.literal("no_model"), reason: z.string(), message: z.string() }))
    .meta({ description: "Why meaning had no say although there is an embedding model" }),
}) satisfies z.ZodType<ProductSearchResult>;
