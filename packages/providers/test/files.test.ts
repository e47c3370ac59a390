import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles } from "@amused/providers/files";
import { fileStoreConformance } from "@amused/testkit";
import { expect, test } from "vitest";

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
});

test.each(["../secret", "a/../../b", "/etc/passwd", "..", "", ".", "a\0b", "x".repeat(300)])(
  "the name %j leads nowhere",
  async (name) => {
    expect(await files.get(name)).toBeNull();
    await expect(files.put(name, file)).rejects.toThrow("is not a name");
  },
);
