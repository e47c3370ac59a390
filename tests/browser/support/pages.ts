import { join } from "node:path";
import { build } from "esbuild";
import { listen } from "./listen.ts";

export interface Site {
  url: string;
  /** Somebody has asked for `/hold`, and waits until it is released. */
  held: Promise<void>;
  release(): void;
}

/**
 * A host's own site: one page with the client from a bundle, and the tokens for it. The server of Amused is elsewhere, so
 * that the browser asks it for its permission.
 */
export async function servePages(tokenOf: (seller: string) => Promise<string>): Promise<Site> {
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
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const page = '<!doctype html><title>Tab</title><script type="module" src="/tab.js"></script>';
  const answer = (body: string, type: string) => new Response(body, { headers: { "content-type": type } });

  const url = await listen(async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const script = files.get(pathname);
    if (script !== undefined) return answer(script, "text/javascript");
    if (pathname === "/") return answer(page, "text/html");
    if (pathname === "/elsewhere") return answer("<!doctype html><title>Elsewhere</title>", "text/html");
    if (pathname === "/hold") {
      held.resolve();
      await released.promise;
    }
    if (pathname !== "/token") return new Response(null, { status: 404 });
    // Without its server the site has no tokens either.
    return tokenOf(searchParams.get("seller") ?? "").then(
      (token) => answer(token, "text/plain"),
      () => new Response(null, { status: 503 }),
    );
  });
  return { url, held: held.promise, release: released.resolve };
}
