import { z } from "zod";
import type { Models } from "../../ports/models.ts";

const most = z.int("must be a whole number, or null for no limit").min(0, "must not be negative").nullable();

const budgetSchema = z.strictObject({
  tokens: most.default(5_000_000),
  sellerTokens: most.default(1_000_000),
  calls: most.default(null),
  sellerCalls: most.default(null),
});
export type Budget = z.output<typeof budgetSchema>;

const limitsSchema = z.strictObject({
  timeout: z
    .int("must be whole milliseconds")
    .min(1, "must be at least 1 millisecond")
    .max(600_000, "must be at most 10 minutes")
    .default(20_000),
  retries: z
    .int("must be a whole number")
    .min(0, "must not be negative")
    .max(10, "must be at most 10")
    .default(2),
  budget: budgetSchema.prefault({}),
});
export type Limits = z.output<typeof limitsSchema>;

function modelWith(method: string): z.ZodType {
  return z.custom(
    (model) =>
      typeof model === "object" &&
      model !== null &&
      typeof Reflect.get(model, "id") === "string" &&
      typeof Reflect.get(model, method) === "function",
    `must be a model with \`id\` and \`${method}()\`, such as aiModels() makes of one of the AI SDK's`,
  );
}

/** What a host hands in: a model of the AI SDK in place of one of ours is a common slip. */
export const modelsSchema: z.ZodType<Models & { limits: Limits }, unknown> = z.strictObject({
  embedding: modelWith("embed").optional(),
  language: modelWith("generate").optional(),
  limits: limitsSchema.prefault({}),
}) as never;
