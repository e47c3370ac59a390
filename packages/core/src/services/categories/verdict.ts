import type { StoredSuggestion } from "../../domain/category.ts";
import type { CategorySettlement } from "../../ports/categories.ts";

/** What it says of a suggestion that somebody gave the product this category, or none. */
export function verdictOn(
  suggestion: Pick<StoredSuggestion, "state" | "suggestions"> | null,
  category: string | null,
): CategorySettlement["state"] {
  if (category !== null) return category === suggestion?.suggestions[0]?.category ? "accepted" : "corrected";
  // Nothing was on the product yet that could be taken away.
  return ["open", "dismissed"].includes(suggestion?.state ?? "open") ? "dismissed" : "corrected";
}
