import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { FileStore } from "@amused/core";
import { AmusedError } from "@amused/core/errors";

const types: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".gif": "image/gif",
};

/**
 * Keeps files in a folder of this machine, under names made of their content. What a name's end does not tell of the
 * type stands in a small file beside it.
 *
 * @example
 * const amused = await createAmused({ store, files: diskFiles("./amused-data/files") });
 */
export function diskFiles(folder: string): FileStore {
  const drafts = join(folder, ".drafts");
  let swept: Promise<void> | null = null;
  /** Only plain names: nothing that a user says leads out of the folder. */
  function pathOf(key: string): string | null {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{1,199}(\.[a-z0-9]{1,10})?$/.test(key)) return null;
    return join(folder, key.slice(0, 2), key);
  }

  return {
    async put(key, { bytes, type }) {
      const path = pathOf(key);
      if (path === null) throw new TypeError(`${JSON.stringify(key)} is not a name for a file`);
      try {
        await Promise.all([mkdir(dirname(path), { recursive: true }), mkdir(drafts, { recursive: true })]);
        swept ??= sweep(drafts);
        await swept;
        if (types[extname(key)] !== type) await write(drafts, `${path}.type`, type);
        await write(drafts, path, bytes);
      } catch (error) {
        throw translated(error);
      }
    },

    async get(key) {
      const path = pathOf(key);
      if (path === null) return null;
      const [bytes, type] = await Promise.all([read(path), read(`${path}.type`)]);
      if (bytes === null) return null;
      return {
        bytes: new Uint8Array(bytes),
        type: type?.toString() ?? types[extname(key)] ?? "application/octet-stream",
      };
    },

    async delete(key) {
      const path = pathOf(key);
      if (path === null) return;
      await rm(path, { force: true });
      await rm(`${path}.type`, { force: true });
    },
  };
}

/** Written elsewhere in the folder and moved, so that a reader never sees half a file, also after a crash. */
async function write(drafts: string, path: string, content: Uint8Array | string): Promise<void> {
  const draft = join(drafts, randomUUID());
  try {
    const file = await open(draft, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** No file takes that long to write: whoever began this draft was killed at it. */
const abandonedMs = 3_600_000;

async function sweep(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    // Another process may be at the same.
    const draft = await stat(path).catch(() => null);
    if (draft !== null && Date.now() - draft.mtimeMs > abandonedMs) await rm(path, { force: true });
  }
}

/** A full disk is nothing that the caller did, and passes. */
function translated(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const message = "The disk of the files is full. Nothing was changed; make room there, then try again.";
  return new AmusedError("unavailable", message, { retryAfter: 10 }, { cause: error });
}

async function read(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
