// Forecasts one product and comes to its end by itself: `node forecast-once.ts`. Tells of each thread that is made.
import { subscribe } from "node:diagnostics_channel";
import { createAmused, memoryStore } from "@amused/core";

subscribe("worker_threads", () => console.log("a thread"));
const amused = await createAmused({ store: memoryStore() });
const shop = amused.seller("acme");
const { id } = await shop.products.create({ name: "Tea", quantity: 50 });
const days = Array.from({ length: 60 }, (_, day) => new Date(Date.now() - (day + 1) * 86_400_000));
const lines = days.map((day, n) => `${id},${1 + (n % 5)},${day.toISOString()}`);
await shop.sales.import(`productId,quantity,soldAt\n${lines.join("\n")}\n`);
console.log((await shop.predictions.forecast(id)).verdict);
if (process.argv[2] === "close") {
  await amused.start();
  await amused.close();
}
