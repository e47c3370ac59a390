import type { FileStore } from "../ports/files.ts";

/** Files in the memory of this process, for tests and for trying out. */
export function memoryFiles(): FileStore {
  const files = new Map<string, { bytes: Uint8Array; type: string }>();
  // Copied on the way in and out: bytes can be changed by whoever holds them.
  const copy = ({ bytes, type }: { bytes: Uint8Array; type: string }) => ({
    bytes: Uint8Array.from(bytes),
    type,
  });
  return {
    async put(key, file) {
      files.set(key, copy(file));
    },
    async get(key) {
      const file = files.get(key);
      return file === undefined ? null : copy(file);
    },
    async delete(key) {
      files.delete(key);
    },
  };
}
