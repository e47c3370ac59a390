import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

export interface Package {
  name: string;
  folder: string;
  /** Sources of every entry point, relative to the folder: what `exports` and `bin` lead to. */
  entries: string[];
  /** Packages of this house that it needs, by name. */
  needs: string[];
}

interface Manifest {
  name: string;
  exports?: Record<string, string | Record<string, string>>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
}

/** The packages of this house, each after those that it needs. */
export function packages(): Package[] {
  const all = readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map(read);
  const sorted: Package[] = [];
  while (sorted.length < all.length) {
    const next = all.find(
      (one) => !sorted.includes(one) && one.needs.every((need) => sorted.some((s) => s.name === need)),
    );
    if (!next) throw new Error("the packages depend on each other in a circle, or on one that is not here");
    sorted.push(next);
  }
  return sorted;
}

function read(folder: string): Package {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const exported = Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === "object" && target["@amused/source"] ? [target["@amused/source"]] : [],
  );
  const bins = Object.values(manifest.bin ?? {}).map((path) =>
    path.replace("dist/", "src/").replace(/\.js$/, ".ts"),
  );
  return {
    name: manifest.name,
    folder,
    entries: [...exported, ...bins],
    needs: Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@amused/")),
  };
}

/** Whether there is anything to build yet. */
export function hasSources({ folder, entries }: Package): boolean {
  return entries.some((entry) => existsSync(join(folder, entry)));
}
