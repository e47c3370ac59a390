import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAmused } from "@amused/core";
import { expect, test } from "vitest";
import { smallDisk } from "../../../scripts/services/small-disk.ts";
import { pgliteStore } from "../src/pglite.ts";

/** Leaves a disk with so many bytes. */
function fill(disk: string, rest: number): string {
  const path = join(disk, "filler");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path, Buffer.alloc(bavail * bsize - rest));
  return path;
}

test("a full disk under the embedded database is told, loses nothing, and is no trouble once it has room", {
  timeout: 120_000,
}, async (context) => {
  const disk = smallDisk("120m");
  if (disk === null) return context.skip("needs a small disk: root on Linux, who may mount a tmpfs");
  const open = async () => createAmused({ store: await pgliteStore(disk) });
  const amused = await open();
  const shop = amused.seller("acme");
  const create = (n: number) =>
    shop.products.create({ name: `Tea ${n}`, description: "leaf ".repeat(800), quantity: 1 });
  const ids = [(await create(0)).id];

  const filler = fill(disk, 200_000);
  const failures: unknown[] = [];
  for (let n = 1; n < 2_000 && failures.length < 50; n++)
    await create(n).then(
      ({ id }) => ids.push(id),
      (error) => failures.push(error),
    );
  expect(failures).toHaveLength(50);
  for (const failure of failures)
    expect(failure).toMatchObject({
      code: "unavailable",
      retryAfter: 1,
      message: "The database's disk is full. Nothing was changed; make room there, then try again.",
    });
  // What is there can still be read.
  expect((await shop.products.get(ids.at(-1) as number)).quantity).toBe(1);

  rmSync(filler);
  ids.push((await create(9_999)).id);
  const log = await shop.events.list({ after: "start", limit: 200 });
  expect(log.items.map(({ seq, productId }) => [seq, productId])).toEqual(
    ids.slice(0, 200).map((id, n) => [n + 1, id]),
  );
  await amused.close();

  const again = await open();
  for (const id of ids) expect((await again.seller("acme").products.get(id)).id).toBe(id);
  await again.seller("acme").products.create({ name: "more", quantity: 1 });
  await again.close();
});
