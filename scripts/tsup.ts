import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "tsup";

/**
 * How every package is bundled: one file per entry point of its `exports` and `bin`, shared code in chunks beside
 * them. Declarations are made for all packages at once, by scripts/build/declarations.ts.
 */
export function library(folder: string, entries: string[]): Options {
  return {
    config: false,
    entry: entries.map((entry) => join(folder, entry)).filter((path) => existsSync(path)),
    outDir: join(folder, "dist"),
    format: "esm",
    target: "node22",
    // The client runs in browsers too, so nothing of Node may be shimmed into any package.
    platform: "neutral",
    // Every package is left outside, also one that was forgotten among the dependencies: bundled, nobody would notice.
    skipNodeModulesBundle: true,
    external: [/^node:/],
    splitting: true,
    sourcemap: true,
    clean: true,
    dts: false,
    silent: true,
  };
}
