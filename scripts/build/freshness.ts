import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Package, root } from "../packages.ts";

const stamps = join(root, "node_modules/.cache/amused-build");
const inputs = ["src", "scripts", "demo", "package.json"];

/** Names the state of all that goes into a package, so that a file that was removed counts too. */
export function stateOf({ folder }: Package): string {
  const hash = createHash("sha256");
  const look = (path: string) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) look(join(path, name));
    else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const input of inputs) look(join(folder, input));
  look(join(root, "scripts/build"));
  look(join(root, "scripts/tsup.ts"));
  return hash.digest("hex");
}

export function isFresh(one: Package): boolean {
  const stamp = stampOf(one);
  const built = one.entries.every((entry) => existsSync(builtFrom(one, entry)));
  return built && existsSync(stamp) && readFileSync(stamp, "utf8") === stateOf(one);
}

export function setFresh(one: Package, state: string): void {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stampOf(one), state);
}

function stampOf({ name }: Package): string {
  return join(stamps, name.replace("/", "-"));
}

export function builtFrom({ folder }: Package, entry: string): string {
  return join(folder, entry.replace("src/", "dist/").replace(/\.ts$/, ".js"));
}
