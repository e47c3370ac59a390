import { z } from "zod";
import { typesFilterSchema } from "../../domain/event.ts";

/** What may be asked of a consumer. */
export const consumeOptionsSchema = z.strictObject({
  from: z.enum(["start", "now"], "must be start or now").default("start"),
  attempts: whole(1, 100).default(5),
  delay: whole(0, 86_400_000).default(1_000),
  maxDelay: whole(0, 86_400_000).default(60_000),
  concurrency: whole(1, 64).default(4),
});

export type ConsumeSettings = z.output<typeof consumeOptionsSchema>;

/** `["*"]` is everything. */
export const consumedTypesSchema: z.ZodType<string[] | null, readonly string[]> = z
  .array(z.string())
  .transform((types) => (types.includes("*") ? null : types))
  .pipe(z.union([z.null(), typesFilterSchema]));

function whole(least: number, most: number) {
  const range = `must be from ${least} to ${most}`;
  return z.int("must be a whole number").min(least, range).max(most, range);
}

/** The rhythm of a consumer; tests have their own. */
export interface Timing {
  /** How long a lease holds unless it is renewed, which it is three times as often. */
  leaseMs: number;
  /** How often the store is asked for news that no hint told of. */
  pollMs: number;
  /** How many events are read at once. */
  batch: number;
  /** How many batches are handled before other sellers get their turn. */
  batchesInTurn: number;
  /** After how long the checkpoint is written within a batch. */
  checkpointMs: number;
  /** How long closing waits for handlers in flight. */
  graceMs: number;
}

export const defaultTiming: Timing = {
  leaseMs: 30_000,
  pollMs: 2_000,
  batch: 100,
  batchesInTurn: 10,
  checkpointMs: 1_000,
  graceMs: 5_000,
};

/** How long to wait after so many failures. Spread out, so that what failed together is not tried together. */
export function backoff(
  { delay, maxDelay }: Pick<ConsumeSettings, "delay" | "maxDelay">,
  failures: number,
  random: () => number,
): number {
  const full = Math.min(maxDelay, delay * 2 ** (failures - 1));
  return Math.round(full * (1 - random() / 2));
}

/** "[object Object]" says nothing of an object. */
function plainText(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null ? JSON.stringify(thrown) : String(thrown);
}

/** What went wrong, in words that every store can keep. */
export function errorText(error: unknown): string {
  let text = "Something was thrown that has no text.";
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : plainText(error);
  } catch {
    // Objects in a circle, and getters that throw.
  }
  return text.replaceAll("\0", "").slice(0, 2_000).toWellFormed();
}
