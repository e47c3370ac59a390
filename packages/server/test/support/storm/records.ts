import type { LogEvent, StockRecord } from "@amused/testkit";
import type { Shop } from "./connect.ts";

/** The whole log. */
export async function readLog(shop: Shop): Promise<LogEvent[]> {
  const log: LogEvent[] = [];
  for (let after = "start"; ; ) {
    const { items, nextCursor } = await shop.events.list({ after, limit: 200 });
    log.push(...items);
    if (items.length < 200) return log;
    after = nextCursor;
  }
}

/** Every product's quantity and ledger. */
export async function readStock(shop: Shop): Promise<StockRecord[]> {
  const stock: StockRecord[] = [];
  for await (const { id, quantity } of shop.products.list({ limit: 200 })) {
    const ledger: StockRecord["ledger"] = [];
    for await (const { delta, quantity } of shop.stock.movements(id, { limit: 200 }))
      ledger.unshift({ delta, quantity });
    stock.push({ productId: id, quantity, ledger });
  }
  return stock;
}
