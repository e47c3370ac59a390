import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

/**
 * A host's own site: one page with the client from a bundle, and the tokens for it. The server of Amused is elsewhere, so
 * that the browser asks it for its permission.
 */
export async function servePages(tokenOf: (seller: string) => Promise<string>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "tab.ts")],
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@amused/source"],
    outdir: "/",
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const script = files.get(pathname);
    if (script !== undefined) return response.setHeader("content-type", "text/javascript").end(script);
    response.setHeader("content-type", pathname === "/token" ? "text/plain" : "text/html");
    if (pathname !== "/token")
      return response.end('<!doctype html><title>Tab</title><script type="module" src="/tab.js"></script>');
    try {
      response.end(await tokenOf(searchParams.get("seller") ?? ""));
    } catch {
      response.writeHead(503).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
