import type {
  CategoryAccuracy,
  CategoryCount,
  CategoryExplanation,
  CategoryReview,
  CategorySuggestions,
} from "@amused/core";
import { z } from "zod";
import { count, moment, productShape, reason, shape } from "./shapes.ts";

const confidence = z.number().min(0).max(1).meta({ description: "The probability that it is right" });
const suggested = z.object({ category: z.string(), confidence, because: z.array(reason) });
const model = z.string().meta({ examples: ["linear-text", "taxonomy", "linear-text + gpt-5-mini"] });

export const categorySuggestionsShape = z.object({
  suggestions: z.array(suggested),
  model,
  generatedAt: moment,
  behind: count.meta({ description: "Events that are not in it yet" }),
}) as z.ZodType<CategorySuggestions>;

export const categoryCountShape = shape<CategoryCount>()(z.object({ category: z.string(), count }));

export const categoryReviewShape = z.object({
  product: productShape,
  suggestions: z.array(suggested),
  createdAt: moment,
}) as z.ZodType<CategoryReview>;

export const categoryExplanationShape = z.object({
  productId: count,
  category: z.string().nullable().meta({ description: "The product's own" }),
  state: z
    .enum(["applied", "open", "accepted", "corrected", "dismissed"])
    .nullable()
    .meta({ description: "null: nothing was suggested yet, and the rest was made for this answer" }),
  suggestion: suggested.nullable(),
  rivals: z.array(suggested),
  model,
  examples: z.object({
    count: count.meta({ description: "Products that the suggested category was learned from" }),
    alike: z.array(count).meta({ description: "Of these the ids of those most like this one" }),
  }),
  chosen: z.string().nullable(),
  generatedAt: moment,
  settledAt: moment.nullable(),
  behind: count.meta({ description: "Edits of what it was made from that came after it" }),
}) as z.ZodType<CategoryExplanation>;

const tally = {
  settled: count.meta({ description: "Somebody decided" }),
  accepted: count.meta({ description: "Of these, as was suggested" }),
  unquestioned: count.meta({ description: "Given by itself, and nobody has said anything to it" }),
};
export const categoryAccuracyShape = shape<CategoryAccuracy>()(
  z.object({
    ...tally,
    byConfidence: z.array(z.object({ from: z.number(), to: z.number(), ...tally })),
  }),
);
