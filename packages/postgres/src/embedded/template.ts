import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseTar } from "nanotar";

/**
 * The name of the template that this PGlite and these migrations make: a template of other versions has another name and
 * is not found, so that the database is made from nothing instead.
 */
export function templateName(migrations: { name: string; sql: string }[]): string {
  const manifest = join(
    dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")),
    "../package.json",
  );
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const stamp = createHash("sha256")
    .update(JSON.stringify([version, migrations]))
    .digest("hex")
    .slice(0, 16);
  return `template-${stamp}.tar.gz`;
}

/** Fills a folder that is not there yet from an archive of one. It appears whole or not at all. */
export function unpackFolder(archive: Uint8Array, folder: string): void {
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const { name, type, data } of parseTar(gunzipSync(archive))) {
    const path = join(partial, name);
    if (!path.startsWith(partial)) throw new Error(`The archive names a file outside of its folder: ${name}`);
    if (type === "directory") mkdirSync(path, { recursive: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, data ?? new Uint8Array());
    }
  }
  renameSync(partial, folder);
}

/** The template beside the code, or beside what was built from it. */
export function findTemplate(name: string, places: URL[]): Uint8Array | null {
  const place = places.map((folder) => new URL(name, folder)).find((file) => existsSync(file));
  return place === undefined ? null : readFileSync(place);
}
