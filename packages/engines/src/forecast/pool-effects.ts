import { type Effects, vaguePrior } from "./effects.ts";
import type { Series } from "./series.ts";
import type { ShopProfile } from "./types.ts";

/** A series with the effects that were found in it alone. */
export interface Alone {
  readonly series: Series;
  readonly effects: Effects | null;
}

/** The effects of each category's products, and of all, with the variance by which products differ. */
export function pooledEffects(models: readonly Alone[]): ShopProfile["effects"] {
  const out: Record<string, Record<string, { mean: number; variance: number }>> = {};
  const categories = ["", ...new Set(models.map((m) => m.series.category).filter((c) => c !== ""))].sort();
  for (const category of categories) {
    const members = models.filter((m) => m.effects && (category === "" || m.series.category === category));
    const names = [...new Set(members.flatMap((m) => m.series.columns.map((c) => c.name)))].sort();
    if (names.length === 0) continue;
    const found: Record<string, { mean: number; variance: number }> = {};
    for (const name of names) {
      const own = members.flatMap((m) => {
        const k = m.series.columns.findIndex((c) => c.name === name);
        const error = m.effects!.variances[k] ?? 1e9;
        return k >= 0 && error < 1e6
          ? [
              {
                b: m.effects!.coefficients[k]!,
                error,
                vague: vaguePrior(m.series.columns[k]!, m.series.n).variance,
              },
            ]
          : [];
      });
      if (own.length < 3) continue;
      // Random effects by moments, twice refined (DerSimonian & Laird 1986).
      let variance = own.reduce((sum, { vague }) => sum + vague, 0) / own.length;
      let mean = 0;
      for (let round = 0; round < 4; round++) {
        let sum = 0;
        let weight = 0;
        for (const { b, error } of own) {
          sum += b / (variance + error);
          weight += 1 / (variance + error);
        }
        mean = sum / weight;
        let spread = 0;
        let total = 0;
        for (const { b, error } of own) {
          const w = 1 / ((variance + error) * (variance + error));
          spread += w * ((b - mean) * (b - mean) - error);
          total += w;
        }
        variance = Math.max(1e-4, spread / total);
      }
      found[name] = { mean, variance };
    }
    out[category] = found;
  }
  return out;
}
