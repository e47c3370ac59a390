import type { Baskets } from "./baskets.ts";
import type { Ids } from "./ids.ts";
import type { RecommendProduct } from "./product.ts";
import { type Reason, shared } from "./reasons.ts";
import type { Scan } from "./scan.ts";
import type { Similar } from "./similar.ts";

/** Says why products are recommended. */
export interface Explain {
  /** From the baskets they share with the first of `sources`, or else with another; and what they have in common with it. */
  bought(items: readonly number[], sources: readonly number[], product?: number): Reason[][];
  /** From what they say of themselves. */
  alike(item: number, asked: number): Reason[];
  /** The same of a product that need not be known. */
  like(item: number, asked: RecommendProduct): Reason[];
}

export function createExplain(
  ids: Ids,
  products: ReadonlyMap<number, RecommendProduct>,
  baskets: Baskets,
  scan: Scan,
  similar: Similar,
): Explain {
  function alike(item: number, asked: number): Reason[] {
    const one = products.get(asked);
    return one ? like(item, one) : [];
  }

  function like(item: number, asked: RecommendProduct): Reason[] {
    const other = products.get(item);
    return other ? shared(asked, other, similar.telling) : [];
  }

  return {
    alike,
    like,
    bought(items, sources, product) {
      const all = [...items, ...sources];
      const counts = scan.pairs(all, true);
      // Likeness to others than the product asked about is no reason.
      const near = sources.map(
        (source) =>
          new Map(
            product === undefined || source === product
              ? similar.neighbours(source).map((n) => [n.item, n.score])
              : [],
          ),
      );
      return items.map((item, row) => {
        let strongest = -1;
        let cosine = 0;
        let likest = -1;
        let likeness = 0;
        sources.forEach((source, at) => {
          if (source === item) return;
          const count = counts[row * all.length + items.length + at]!;
          const own = count / Math.sqrt(Math.max(1, baskets.sold(source)));
          // Its own baskets say more than those of others, however few they are.
          if (strongest !== product && count > 0 && (source === product || own > cosine)) {
            strongest = source;
            cosine = own;
          }
          const score = near[at]!.get(item) ?? 0;
          if (score > likeness) {
            likest = source;
            likeness = score;
          }
        });
        const common = likest >= 0 ? alike(item, likest) : [];
        if (strongest < 0) return common;
        const count = counts[row * all.length + items.length + sources.indexOf(strongest)]!;
        const lift = (count * baskets.total()) / (baskets.sold(strongest) * baskets.sold(item));
        const reason: Reason = { kind: "bought_together", with: ids.id(strongest), baskets: count, lift };
        // Baskets with another product say less than what it has in common with the one asked about.
        if (product !== undefined && strongest !== product) return [...common, reason];
        return [reason, ...common.filter(({ kind }) => kind !== "price")];
      });
    },
  };
}
