import { readFile } from "node:fs/promises";
import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { serve } from "@hono/node-server";
import { build } from "esbuild";

// A host's own server: Amused within it, one page, and the few routes that the page needs. Its key stays here; the page
// has a token that opens the stream for an hour and does nothing else.
const amused = await createAmused({ store: memoryStore() });
const app = createApp(amused);
const shop = amused.seller("acme");
const { key } = await amused.keys.create({ sellerId: "acme", scopes: ["read"] });
const headers = { authorization: `Bearer ${key}` };

const goods = [
  ["TEA-1", "Green tea", "4.90", 40],
  ["TEA-2", "Earl Grey", "5.40", 23],
  ["COF-1", "Espresso beans", "11.50", 12],
  ["COF-2", "Filter coffee", "9.80", 31],
  ["CUP-1", "Stoneware cup", "14.00", 8],
  ["CUP-2", "Double-walled glass", "9.50", 4],
  ["CAN-1", "Storage tin", "7.20", 17],
  ["POT-1", "Cast-iron teapot", "48.00", 2],
] as const;
for (const [sku, name, price, quantity] of goods) await shop.products.create({ sku, name, price, quantity });

// The client's code that a page does not need at once stays in files of its own, as with every bundler that splits.
const { outputFiles } = await build({
  entryPoints: [new URL("page.ts", import.meta.url).pathname],
  bundle: true,
  splitting: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  conditions: process.execArgv.includes("--conditions=@amused/source") ? ["@amused/source"] : [],
  outdir: "/",
});
const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
const html = await readFile(new URL("index.html", import.meta.url), "utf8");

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const script = scripts.get(pathname);
  if (script !== undefined) return new Response(script, { headers: { "content-type": "text/javascript" } });
  switch (`${request.method} ${pathname}`) {
    case "GET /":
      return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
    // Here a host asks its session who is calling, and for which seller.
    case "POST /token":
      return app.request("/v1/stream-tokens", { method: "POST", headers });
    // Handed on with its headers: one of them says where in the stream this list was taken.
    case "GET /products":
      return app.request("/v1/products?limit=200&sort=name", { headers });
    case "POST /sell": {
      const { productId } = (await request.json()) as { productId: number };
      return shop.sales.record({ lines: [{ productId, quantity: 1 }] }).then(
        () => new Response(null, { status: 204 }),
        (error: Error) => new Response(error.message, { status: 409 }),
      );
    }
    default:
      return app.fetch(request);
  }
}

const port = Number(process.env.PORT ?? 4000);
serve({ fetch: answer, port, hostname: "127.0.0.1" }, (taken) =>
  console.log(`http://127.0.0.1:${taken.port}`),
).on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EADDRINUSE") throw error;
  console.error(`Port ${port} is taken; choose another with PORT (0 picks a free one).`);
  process.exit(1);
});
