import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles } from "@amused/providers/files";
import { fileStoreConformance } from "@amused/testkit";
import { expect, test } from "vitest";
import { smallDisk } from "../../../scripts/services/small-disk.ts";

const folder = await mkdtemp(join(tmpdir(), "amused-files-"));

fileStoreConformance({
  name: "diskFiles",
  open: () => diskFiles(folder),
  reopen: () => diskFiles(folder),
  cleanup: () => rm(folder, { recursive: true }),
});

const files = diskFiles(join(folder, "more"));
const key = `${"ab12".repeat(16)}.png`;
const file = { bytes: new Uint8Array([1, 2, 3, 0, 255]), type: "image/png" };

test("writers of one file at the same time leave it whole, and no drafts", async () => {
  await Promise.all(Array.from({ length: 8 }, () => files.put(key, file)));
  expect(await files.get(key)).toEqual(file);
  expect(await readdir(join(folder, "more", key.slice(0, 2)))).toEqual([key]);
  expect(await readdir(join(folder, "more", ".drafts"))).toEqual([]);
});

test("what a killed process had begun to write is cleared away, and what another is writing is not", async () => {
  const drafts = join(folder, "left", ".drafts");
  await mkdir(drafts, { recursive: true });
  for (const name of ["left", "at-it"]) await writeFile(join(drafts, name), "half");
  await utimes(join(drafts, "left"), 0, 0);
  await diskFiles(join(folder, "left")).put(key, file);
  expect(await readdir(drafts)).toEqual(["at-it"]);
});

test("a full disk is told, leaves nothing half, and is no trouble once it has room", async (context) => {
  const disk = smallDisk("1m");
  if (disk === null) return context.skip("needs a small disk: root on Linux, who may mount a tmpfs");
  const files = diskFiles(disk);
  await files.put(key, file);
  const large = { bytes: new Uint8Array(2_000_000), type: "image/png" };
  const other = `${"cd34".repeat(16)}.png`;
  const refused = { code: "unavailable", message: expect.stringContaining("disk of the files is full") };
  await expect(files.put(other, large)).rejects.toMatchObject(refused);
  expect([await files.get(other), await files.get(key)]).toEqual([null, file]);
  expect(await readdir(join(disk, ".drafts"))).toEqual([]);
  await files.put(other, file);
  expect(await files.get(other)).toEqual(file);
});

test.each(["../secret", "a/../../b", "/etc/passwd", "..", "", ".", "a\0b", "x".repeat(300)])(
  "the name %j leads nowhere",
  async (name) => {
    expect(await files.get(name)).toBeNull();
    await expect(files.put(name, file)).rejects.toThrow("is not a name");
  },
);
