import type { DemandRepository } from "@amused/core";

/** Days of products that one statement reads: some five milliseconds in which nobody else has a turn. */
const atOnce = 1_500;

/** Reads the demand of some products after that of others, so that between them there is time for somebody else. */
export function inParts(read: DemandRepository["read"]): DemandRepository["read"] {
  return async (sellerId, { productIds, from, to }) => {
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
    const size = Math.max(1, Math.floor(atOnce / days));
    // The later parts know of what happened meanwhile, and the first one's position says so of none of it.
    const whole = await read(sellerId, { productIds: productIds.slice(0, size), from, to });
    for (let at = size; at < productIds.length; at += size) {
      const part = await read(sellerId, { productIds: productIds.slice(at, at + size), from, to });
      whole.products.push(...part.products);
    }
    return whole;
  };
}
