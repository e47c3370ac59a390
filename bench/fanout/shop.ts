import { type Amused, createAmused, memoryStore } from "@amused/core";
import { reasonNumber, sellerId } from "./event.ts";

/** A shop in memory with one product, whose stock is adjusted as often as events are asked for. */
export interface Shop {
  amused: Amused;
  adjust(n: number): Promise<void>;
}

/**
 * Every contestant opens one and runs the same command for each event, so that they differ in how the event reaches its
 * readers and in nothing else.
 */
export async function openShop(): Promise<Shop> {
  const amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller(sellerId, { actor: "till 3" });
  const { id } = await shop.products.create({ name: "Green tea", price: "4.90", quantity: 100_000 });
  return {
    amused,
    async adjust(n) {
      await shop.stock.adjust(id, { adjust: 1, reason: reasonNumber(n) });
    },
  };
}
