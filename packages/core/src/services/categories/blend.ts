import type { CategoryReason, SuggestedCategory } from "../../domain/category.ts";
import type { PickRecord } from "../../ports/categories.ts";
import type { ModelRefusal } from "../models/tried.ts";
import { rounded } from "../rounded.ts";

/** What a language model said of an item: its pick, `null` for none, or why it said nothing. */
export type Opinion = { model: string; category: string | null } | ModelRefusal;

/** What its picks are taken to be right in before they were held against anything, and for how many decisions that stands. */
const [assumed, standsFor] = [0.6, 10];
/** So many picks of a kind were decided of before one is given to a product by itself. */
const proven = 30;

/**
 * The local suggestions with a language model's pick among them. How sure it says it is is not looked at: its pick has the
 * share in which somebody chose what it picked, and what the others have is shared out anew among the rest.
 */
export function blended(
  local: readonly SuggestedCategory[],
  { model, category }: { model: string; category: string },
  record: PickRecord,
  limit: number,
): SuggestedCategory[] {
  const best = local[0]?.confidence ?? 0;
  const agreed = local[0]?.category === category;
  const own = local.find((one) => one.category === category);
  const { settled, accepted } = agreed ? record.agreed : record.alone;
  // Against the local answer it has no more than what that leaves.
  const expected = agreed ? Math.max(assumed, best) : Math.min(assumed, 1 - best);
  const confidence = rounded((accepted + standsFor * expected) / (settled + standsFor), 4);
  const reason: CategoryReason = { kind: "language_model", model, agreed, settled, accepted };
  const pick = { category, confidence, because: [reason, ...(own?.because ?? [])] };
  const rest = (1 - confidence) / Math.max(1e-9, 1 - (own?.confidence ?? 0));
  const others = local
    .filter((one) => one !== own)
    .map((one) => ({ ...one, confidence: rounded(one.confidence * Math.min(1, rest), 4) }));
  const all = [pick, ...others].sort((a, b) => b.confidence - a.confidence);
  const shown = all.slice(0, limit);
  // It stays in sight, so that what is decided says something of it too.
  return shown.includes(pick) || limit === 1 ? shown : [...shown.slice(0, -1), pick];
}

/** The local suggestions where the model was asked for nothing: the first one says so. */
export function unadvised(
  local: readonly SuggestedCategory[],
  { reason, message }: ModelRefusal,
  limit: number,
): SuggestedCategory[] {
  return local
    .slice(0, limit)
    .map((one, at) =>
      at > 0 ? one : { ...one, because: [...one.because, { kind: "no_model", reason, message }] },
    );
}

/** The opinion that stored suggestions were made with; `undefined` where the model was not asked or did not work. */
export function opinionIn(suggestions: readonly SuggestedCategory[]): Opinion | null | undefined {
  for (const { category, because } of suggestions)
    for (const { kind, model, reason } of because) {
      if (kind === "language_model") return { model: String(model), category };
      if (kind === "no_model") return reason === "nonsense" ? null : undefined;
    }
  return null;
}

/** Whether a suggestion may be given by itself: a language model's pick, once enough others were decided of. */
export function isProven({ because }: SuggestedCategory): boolean {
  return because.every(({ kind, settled }) => kind !== "language_model" || Number(settled) >= proven);
}
