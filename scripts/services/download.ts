import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where a package of the npm registry lies that is too large for everybody's installation; it need not be there yet. */
export function downloaded(pack: string): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "amused-test", pack);
}

/** Gets it into the user's cache, without its scripts, unless it is there; says so when it does. */
export function download(name: string, pack: string): string {
  const folder = downloaded(pack);
  if (existsSync(join(folder, "node_modules"))) return folder;
  console.log(`${name}: downloads ${pack} from the npm registry into ${folder} …`);
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", pack], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return folder;
}
