import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { hasSources, type Package, packages, root } from "./packages.ts";
import { say, timed } from "./say.ts";

// `npm run check:packages`: what would be published, looked at as those who install it see it. Needs `npm run build`.
const all = packages().filter(hasSources);
const folder = mkdtempSync(join(tmpdir(), "amused-packages-"));
const faults: string[] = [];
/** Forecasts once with what is installed; ends with a complaint unless a thread did it. */
const threaded = `
let threads = 0;
(await import("node:diagnostics_channel")).subscribe("worker_threads", () => threads++);
const { createAmused, memoryStore } = await import("@amused/core");
const amused = await createAmused({ store: memoryStore() });
const { id } = await amused.seller("acme").products.create({ name: "Tea" });
await amused.seller("acme").predictions.forecast(id);
await amused.close();
if (threads !== 1) throw new Error(threads + " threads");
`;

try {
  const tarballs = await timed(`Packed ${all.length} packages`, async () => pack(all));
  await timed("Checked their manifests (publint)", async () => checkManifests(all));
  await timed("Checked their types (are the types wrong?)", async () => checkTypes(tarballs));
  await timed("Installed them in an empty folder and imported every entry point", async () =>
    checkInstall(all, tarballs),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
say(faults.length === 0 ? "The packages are fit to publish." : `${faults.length} faults.`);
process.exit(faults.length === 0 ? 0 : 1);

function pack(all: Package[]): string[] {
  const target = join(folder, "tarballs");
  mkdirSync(target);
  npm(
    root,
    "pack",
    "--silent",
    "--pack-destination",
    target,
    ...all.flatMap(({ name }) => ["--workspace", name]),
  );
  return readdirSync(target).map((name) => join(target, name));
}

async function checkManifests(all: Package[]): Promise<void> {
  for (const one of all) {
    const { messages } = await publint({ pkgDir: one.folder, strict: true });
    const manifest = JSON.parse(readFileSync(join(one.folder, "package.json"), "utf8"));
    faults.push(...messages.map((message) => `${one.name}: ${formatMessage(message, manifest)}`));
  }
}

function checkTypes(tarballs: string[]): void {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  for (const tarball of tarballs) {
    try {
      // ESM only, and only for resolvers that know `exports`.
      execFileSync(process.execPath, [attw, tarball, "--profile", "esm-only", "--no-color", "--no-emoji"], {
        encoding: "utf8",
      });
    } catch (error) {
      faults.push(`${tarball}:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
    }
  }
}

function checkInstall(all: Package[], tarballs: string[]): void {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  writeFileSync(join(empty, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // Peers that are optional in a package are there in the repository, and here installed beside it.
  const peers = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
  const beside = ["@electric-sql/pglite", "vitest", "fast-check"].map((name) => `${name}@${peers[name]}`);
  npm(empty, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", ...tarballs, ...beside);

  for (const one of all) {
    const manifest: { exports: Record<string, unknown>; bin?: Record<string, string> } = JSON.parse(
      readFileSync(join(one.folder, "package.json"), "utf8"),
    );
    const entries = Object.keys(manifest.exports).filter((key) => !key.endsWith(".json"));
    for (const specifier of entries.map((key) => `${one.name}${key.slice(1)}`)) {
      run(empty, specifier, ["--input-type=module", "-e", `await import(${JSON.stringify(specifier)})`]);
    }
    for (const path of Object.values(manifest.bin ?? {})) {
      run(empty, `${one.name} ${path}`, [join(empty, "node_modules", one.name, path), "--version"]);
    }
  }
  run(empty, "a forecast in a thread", ["--input-type=module", "-e", threaded]);
}

function run(cwd: string, what: string, args: string[]): void {
  try {
    execFileSync(process.execPath, args, {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: 60_000,
    });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    faults.push(`${what} does not run once installed:\n${said}`);
  }
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
