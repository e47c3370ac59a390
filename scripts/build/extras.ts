import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "../packages.ts";
import { apiReference } from "./api-reference.ts";

/** What a package carries beside its code; each says in a few words what it made. */
export const extras: Record<string, (one: Package) => Promise<string[]>> = {
  "@amused/postgres": async ({ folder }) => [
    ...copied(join(folder, "src/migrations"), join(folder, "dist/migrations"), "migrations"),
    ...ran(join(folder, "scripts/template.ts"), "template of the embedded database"),
  ],
  "@amused/server": async ({ folder }) => [
    ...copied(join(folder, "demo"), join(folder, "dist/demo"), "demo data"),
    ...(await reference(join(folder, "dist/reference"))),
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

/** The script of the API reference page, with its licence. */
async function reference(folder: string): Promise<string[]> {
  const script = await apiReference();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "scalar.js"), script);
  const entry = import.meta.resolve("@scalar/fastify-api-reference");
  cpSync(new URL("../LICENSE", entry), join(folder, "scalar.LICENSE"));
  return [`API reference (${(script.byteLength / 1e6).toFixed(1)} MB)`];
}
