import { createApp } from "@amused/server";
import { listen } from "../../../packages/server/src/cli/listen.ts";
import { sellerId } from "../event.ts";
import { type Ready, takeOrders } from "../orders.ts";
import { openShop } from "../shop.ts";

// Amused itself, served as `amused start` serves it. Its streams are the app's own: nobody hands it an event, it reads
// what the commands have written to the log.
const shop = await openShop();
const orders = await takeOrders(shop);
const { url } = await listen(createApp(shop.amused).fetch, 0, "127.0.0.1");

/** Several, as a shop with many tills and pages has them; how many streams one key may open is limited. */
const apiKeys = await Promise.all(
  Array.from({ length: 10 }, async (_, i) => {
    const { key } = await shop.amused.keys.create({ sellerId, name: `till ${i}`, scopes: ["read"] });
    return key;
  }),
);
const ready: Ready = { url, orders, apiKeys };
console.log(JSON.stringify(ready));
