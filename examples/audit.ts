import { createAmused, memoryStore } from "@amused/core";

const amused = await createAmused({ store: memoryStore() });
const shop = amused.seller("acme", { actor: "user:7", requestId: "req-1" });
const tea = await shop.products.create({ name: "Green tea", price: "4.90" });
await amused.seller("acme", { actor: "user:8" }).products.update(tea.id, { price: "5.20" });

for await (const { type, actor, requestId } of shop.audit.list({ productId: tea.id }))
  console.log(`${type} by ${actor}, request ${requestId}`);

const erasure = await amused.sellers.erase("acme", { actor: "user:1" });
console.log(erasure.state, "for", erasure.requestedBy);
await shop.products.create({ name: "Teapot" }).catch((error) => console.log(error.code, error.state));
await amused.close();
