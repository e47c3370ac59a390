import type { FileStore } from "@amused/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

export interface FileStoreConformanceOptions {
  /** The adapter's name, as the tests shall say it. */
  name: string;
  /** Opens a store for files. */
  open(): Promise<FileStore> | FileStore;
  /** Opens the same files once more. Leave it out where they do not outlive the store. */
  reopen?(): Promise<FileStore> | FileStore;
  cleanup?(): Promise<void> | void;
}

/** Names like those that core gives: 64 hexadecimal digits and an extension. */
function key(n: number): string {
  return `${n.toString(16).padStart(64, "0")}.png`;
}

/**
 * Registers tests, with vitest, that say whether an adapter keeps the promises of the `FileStore` port.
 *
 * @example
 * fileStoreConformance({ name: "memoryFiles", open: () => memoryFiles() });
 */
export function fileStoreConformance({ name, open, reopen, cleanup }: FileStoreConformanceOptions): void {
  describe(`${name} keeps the promises of a file store`, () => {
    let files: FileStore;
    beforeAll(async () => {
      files = await open();
    });
    afterAll(() => cleanup?.());

    const everyByte = Uint8Array.from({ length: 256 }, (_, n) => n);

    test("bytes come back as they were put, with their type", async () => {
      const large = Uint8Array.from({ length: 3_000_000 }, (_, n) => (n * 31) % 251);
      for (const [n, bytes] of [everyByte, Uint8Array.of(0), large].entries()) {
        await files.put(key(n), { bytes, type: `image/x-${n}` });
        const got = await files.get(key(n));
        expect(got?.type).toBe(`image/x-${n}`);
        expect(got?.bytes).toBeInstanceOf(Uint8Array);
        expect(Buffer.compare(got?.bytes ?? new Uint8Array(), bytes)).toBe(0);
      }
    });

    test("a part of a larger buffer is put as that part", async () => {
      await files.put(key(10), { bytes: everyByte.subarray(10, 20), type: "image/png" });
      expect([...((await files.get(key(10)))?.bytes ?? [])]).toEqual([
        10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
      ]);
    });

    test("what was never put is not there", async () => {
      expect(await files.get(key(20))).toBeNull();
    });

    test("what was deleted is gone, and can be put again", async () => {
      const file = { bytes: everyByte, type: "image/x-odd" };
      await files.put(key(25), file);
      await files.put(key(26), file);
      await files.delete(key(25));
      await files.delete(key(25));
      await files.delete("../package.json");
      expect(await files.get(key(25))).toBeNull();
      expect((await files.get(key(26)))?.type).toBe("image/x-odd");
      await files.put(key(25), { bytes: everyByte, type: "image/png" });
      expect((await files.get(key(25)))?.type).toBe("image/png");
    });

    test("the same file put again, also many times at once, is there once", async () => {
      const file = { bytes: everyByte, type: "image/gif" };
      await Promise.all(Array.from({ length: 20 }, () => files.put(key(30), file)));
      await files.put(key(30), file);
      const got = await files.get(key(30));
      expect([got?.type, got && Buffer.compare(got.bytes, everyByte)]).toEqual(["image/gif", 0]);
    });

    test("files put at once do not mix", async () => {
      const many = Array.from({ length: 20 }, (_, n) => n + 40);
      await Promise.all(
        many.map((n) => files.put(key(n), { bytes: new Uint8Array(1000).fill(n), type: "image/png" })),
      );
      const got = await Promise.all(many.map((n) => files.get(key(n))));
      expect(
        got.map((file, n) => file?.bytes.length === 1000 && file.bytes.every((byte) => byte === n + 40)),
      ).toEqual(many.map(() => true));
    });

    test("what a caller does to bytes afterwards does not reach the store", async () => {
      const bytes = Uint8Array.of(1, 2, 3);
      await files.put(key(70), { bytes, type: "image/png" });
      bytes.fill(9);
      (await files.get(key(70)))?.bytes.fill(8);
      expect([...((await files.get(key(70)))?.bytes ?? [])]).toEqual([1, 2, 3]);
    });

    test("a name that climbs out of the store reads nothing", async () => {
      for (const name of [
        "../package.json",
        "/etc/hostname",
        "..%2fpackage.json",
        "",
        ".",
        "a/../../package.json",
      ])
        expect(await files.get(name).catch(() => null)).toBeNull();
    });

    if (reopen === undefined)
      test.skip("files are there after opening anew (they end with the store: no `reopen`)", () => {});
    else
      test("files are there after opening anew", async () => {
        await files.put(key(80), { bytes: everyByte, type: "image/avif" });
        const got = await (await reopen()).get(key(80));
        expect([got?.type, got && Buffer.compare(got.bytes, everyByte)]).toEqual(["image/avif", 0]);
      });
  });
}
