import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "../packages.ts";

/** What a package carries beside its code; each says in a few words what it made. */
export const extras: Record<string, (one: Package) => Promise<string[]>> = {
  "@amused/postgres": async ({ folder }) => [
    ...copied(join(folder, "src/migrations"), join(folder, "dist/migrations"), "migrations"),
    ...ran(join(folder, "scripts/template.ts"), "template of the embedded database"),
  ],
  "@amused/server": async ({ folder }) => [
    ...copied(join(folder, "demo"), join(folder, "dist/demo"), "demo data"),
    ...(await apiReference(join(folder, "dist/reference"))),
  ],
};

function copied(from: string, to: string, what: string): string[] {
  if (!existsSync(from)) return [];
  // What Node reads as data is copied; TypeScript has gone through the bundler.
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  return [`${readdirSync(to).length} files of ${what}`];
}

function ran(script: string, what: string): string[] {
  if (!existsSync(script)) return [];
  execFileSync(process.execPath, [script], { stdio: "inherit" });
  return [what];
}

/**
 * The browser bundle of the API reference page. The package named for it, `@scalar/api-reference`, brings 272 packages
 * and 287 MB for this one file; the one for Fastify carries the file itself and hands it out as a route, which is asked here.
 */
async function apiReference(folder: string): Promise<string[]> {
  const { default: plugin } = await import("@scalar/fastify-api-reference");
  let script: string | undefined;
  const reply = { header: () => reply, send: (body: string) => body };
  const server = {
    route: ({ url, handler }: { url: string; handler: (request: unknown, reply: unknown) => unknown }) => {
      if (url.endsWith(".js")) script = String(handler({}, reply));
    },
  };
  const register = plugin as unknown as (server: unknown, options: unknown, next: () => void) => void;
  register(server, { routePrefix: "/", configuration: { url: "/openapi.json" } }, () => {});
  if (!script || script.length < 100_000)
    throw new Error("@scalar/fastify-api-reference no longer hands out its script");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "scalar.js"), script);
  const entry = import.meta.resolve("@scalar/fastify-api-reference");
  cpSync(new URL("../LICENSE", entry), join(folder, "scalar.LICENSE"));
  return [`API reference (${(script.length / 1e6).toFixed(1)} MB)`];
}
