import { createAmused, isAmusedError, memoryStore } from "@amused/core";

const amused = await createAmused({ store: memoryStore() });
const shop = amused.seller("acme");

const tea = await shop.products.create({ sku: "TEA-1", name: "Green tea", price: "4.90", quantity: 3 });
const { sales } = await shop.sales.record({ orderId: "o-1", lines: [{ productId: tea.id, quantity: 2 }] });
console.log(`sold ${sales[0]?.quantity} at ${sales[0]?.price} ${tea.currency}`);

try {
  await shop.sales.record({ lines: [{ productId: tea.id, quantity: 2 }] });
} catch (error) {
  if (!isAmusedError(error, "insufficient_stock")) throw error;
  console.log(`refused: ${error.available[0]?.available} left`);
}

for await (const event of shop.events.subscribe({ from: "start", types: ["product.*", "sale.recorded"] })) {
  console.log(event.type);
  if (event.type === "sale.recorded") break;
}
await amused.close();
