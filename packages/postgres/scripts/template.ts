// Makes the template that a first start unpacks: a database with our tables, which takes PGlite seconds to make anew.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { templateName } from "../src/embedded/template.ts";
import { migrations } from "../src/migrate.ts";
import { pgliteStore } from "../src/pglite.ts";

const dist = new URL("../dist/", import.meta.url);
const name = templateName(migrations());
const old = readdirSync(dist).filter((file) => file.startsWith("template-"));
if (old.includes(name)) {
  console.log(`the embedded database's template is up to date (${name})`);
} else {
  for (const file of old) rmSync(new URL(file, dist));
  const folder = mkdtempSync(join(tmpdir(), "amused-template-"));
  const store = await pgliteStore(folder);
  await store.migrate();
  const archive = await store.backup();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(new URL(name, dist), archive);
  console.log(`made the embedded database's template (${name}, ${(archive.length / 1e6).toFixed(1)} MB)`);
}
