/** Stands in every event once, and in nothing else that a server sends once a stream is open: readers count this byte. */
export const marker = "^";

export const sellerId = "the-tea-house";

/** The reason of the nth adjustment. It says which one it is, so that a reader can tell. */
export const reasonNumber = (n: number) => `counted after the delivery ${marker}${n};`;
export const numberIn = /\^(\d+);/g;

const epoch = "5d1f0c93ab";

/** The nth event as Amused would tell it, for those who have no log to read it from. */
export function eventNumber(n: number) {
  return {
    id: `${epoch}.${n}`,
    seq: n,
    type: "stock.adjusted",
    sellerId,
    productId: 1,
    payload: { delta: 1, quantity: 100_000 + n, reason: reasonNumber(n), actor: "till 3" },
    createdAt: new Date().toISOString(),
  };
}

export type StockAdjusted = ReturnType<typeof eventNumber>;

/** An event in the form of Server-Sent Events. */
export function blockOf(event: StockAdjusted): Buffer {
  return Buffer.from(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
