import { createClient } from "@amused/client";

const shop = createClient({
  baseUrl: process.env.AMUSED_URL ?? "http://127.0.0.1:3000",
  apiKey: process.env.AMUSED_KEY ?? "",
});

const sku = `TEA-${Date.now()}`;
const tea = await shop.products.create({ sku, name: "Green tea", price: "4.90", quantity: 40 });
const stop = new AbortController();
const seen = (async () => {
  for await (const event of shop.events.subscribe({
    productId: tea.id,
    from: "start",
    signal: stop.signal,
  })) {
    if (event.type === "sale.recorded")
      console.log(`sold ${event.payload.quantity}, ${event.payload.remaining} remain`);
    if (event.type === "sale.recorded" && event.payload.remaining === 37) stop.abort();
  }
})();

for (const quantity of [1, 2]) await shop.sales.record({ lines: [{ productId: tea.id, quantity }] });
await seen;
console.log(
  `${(await shop.products.get(tea.id)).name}: ${(await shop.stock.movements(tea.id)).items.length} movements`,
);
