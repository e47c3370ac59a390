import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";

// A host on Bun or Deno, which know nothing of Node's response. The first line it prints is its address, a key and a
// product.
const amused = await createAmused({ store: memoryStore() });
const app = createApp(amused, { metricsToken: "scraper-of-the-test" });
const shop = amused.seller("acme");
const { key } = await amused.keys.create({ sellerId: "acme", scopes: ["read", "write"] });
const { id } = await shop.products.create({ name: "Tea", quantity: 0 });

interface Runtime {
  Bun?: { serve(options: object): { port: number } };
  Deno?: { serve(options: object, handler: (request: Request) => unknown): { addr: { port: number } } };
}
const { Bun, Deno } = globalThis as Runtime;
const fetch = (request: Request) => app.fetch(request);
// Bun's own limit on silence would end a stream; Amused has its heartbeats.
const port = Bun
  ? Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch }).port
  : Deno?.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, fetch).addr.port;

console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, key, productId: id }));
