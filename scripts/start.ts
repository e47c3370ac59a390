import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.ts";
import { root } from "./packages.ts";

// `npm start`: builds what is missing or older than its sources, then becomes `amused start --demo`.
await build({ onlyStale: true });

const bin = join(root, "packages/server/dist/bin.js");
if (!existsSync(bin)) {
  console.error(`There is no ${bin} to start.`);
  process.exit(1);
}
// In this process, so that signals reach the server itself, and nothing stands between it and the terminal.
process.argv = [process.execPath, bin, "start", "--demo", ...process.argv.slice(2)];
await import(bin);
