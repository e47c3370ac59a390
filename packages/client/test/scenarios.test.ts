import { createAmused, memoryStore, type Seller } from "@amused/core";
import { createApp } from "@amused/server";
import { transportScenarios } from "@amused/testkit";
import { createClient } from "../src/index.ts";

const adminKey = "an-admin-key-of-the-tests-long-enough";

transportScenarios({
  name: "over HTTP",
  async open() {
    const amused = await createAmused({ store: memoryStore() });
    const app = createApp(amused, { adminKey });
    return {
      async seller(sellerId): Promise<Seller> {
        // An admin key for all sellers: a key of its own would stand in the seller's log as its first event.
        return createClient({
          baseUrl: "http://amused.test",
          apiKey: adminKey,
          seller: sellerId,
          fetch: app.fetch,
        });
      },
      start: () => amused.start(),
      close: () => amused.close(),
    };
  },
});
