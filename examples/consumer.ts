import { setTimeout as sleep } from "node:timers/promises";
import { createAmused, memoryStore } from "@amused/core";

const amused = await createAmused({ store: memoryStore() });
let mailServerIsUp = false;

amused.events.consume(
  "receipts",
  ["sale.recorded"],
  async (event, { sellerId }) => {
    if (!mailServerIsUp) throw new Error("the mail server is away");
    console.log(`receipt for ${sellerId}: ${event.payload.quantity} sold`);
  },
  { attempts: 2, delay: 100 },
);

const shop = amused.seller("acme");
const tea = await shop.products.create({ name: "Green tea", price: "4.90", quantity: 3 });
await shop.sales.record({ orderId: "o-1", lines: [{ productId: tea.id, quantity: 2 }] });

// After its last attempt the event is a dead letter.
const { deadLetters } = amused.events;
const ofReceipts = { consumer: "receipts" };
while ((await deadLetters.list(ofReceipts)).items.length === 0) await sleep(50);
for await (const { error, attempts } of deadLetters.list(ofReceipts))
  console.log(`gave up after ${attempts} attempts: ${error}`);

// Once the cause is mended, it is handled once more.
mailServerIsUp = true;
await deadLetters.redrive(ofReceipts);
while ((await deadLetters.list(ofReceipts)).items.length > 0) await sleep(50);

// And everything, from the oldest event held.
for await (const { done, total } of await amused.events.replay("receipts", { from: "start" }))
  if (done === total) console.log(`replayed ${done} events`);
await amused.close();
