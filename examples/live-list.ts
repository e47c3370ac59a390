import { createAmused, memoryStore } from "@amused/core";

const amused = await createAmused({ store: memoryStore() });
const shop = amused.seller("acme");
const tea = await shop.products.create({ name: "Green tea", quantity: 9 });
await shop.products.create({ name: "Teapot", quantity: 2 });

const low = shop.products.live({ maxQuantity: 5, sort: "quantity" });
for await (const products of low) {
  console.log(products.map(({ name, quantity }) => `${name}: ${quantity}`).join(", "));
  if (products.length === 2) break;
  await shop.sales.record({ lines: [{ productId: tea.id, quantity: 8 }] });
}
await amused.close();
