import { crc32, deflateSync } from "node:zlib";
import { createAmused, memoryCache, memoryFiles, memoryStore } from "@amused/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { erasureWork } from "../src/services/erasures.ts";

// What is under way when the seller is shut is waited for: with timers of the test's, that takes no time.
beforeEach(() =>
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] }),
);
afterEach(() => vi.useRealTimers());

/** A grey point, each of another brightness. */
function png(brightness: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    const named = Buffer.concat([Buffer.from(type), data]);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const size = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0);
  const start = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const picture = deflateSync(Uint8Array.of(0, brightness));
  const chunks = [chunk("IHDR", size), chunk("IDAT", picture), chunk("IEND", new Uint8Array())];
  return new Uint8Array(Buffer.concat([start, ...chunks]));
}
const keyOf = (imageUrl: string | null) => imageUrl?.split("/").at(-1) as string;

async function system(files = memoryFiles()) {
  const errors: unknown[] = [];
  const store = memoryStore();
  const cache = memoryCache();
  const amused = await createAmused({ store, files, cache, onError: (error) => errors.push(error) });
  return { amused, store, cache, files, errors };
}

type Given = Awaited<ReturnType<typeof system>>;

async function erased({ amused }: Pick<Given, "amused">, id: string) {
  expect(await amused.sellers.erase(id)).toMatchObject({ state: "erasing", finishedAt: null });
  await vi.advanceTimersByTimeAsync(20_000);
  return amused.sellers.erasure(id);
}

test("erasing takes all of a seller, its images and what is cached of it, and nothing that another has too", async () => {
  const { amused, files, cache, store, errors } = await system();
  const [shop, other] = [amused.seller("acme"), amused.seller("bonsai")];
  const image = async (of: typeof shop, n: number) => {
    const { id } = await of.products.create({ name: `Tea ${n}`, price: "4.90", quantity: 3 });
    return keyOf((await of.products.setImage(id, png(n))).imageUrl);
  };
  const [own, shared] = [await image(shop, 1), await image(shop, 2)];
  expect(await image(other, 2)).toBe(shared);
  const [tea] = (await shop.products.list({ sort: "createdAt" })).items;
  const replaced = keyOf((await shop.products.setImage(tea?.id as number, png(3))).imageUrl);
  await amused.keys.create({ sellerId: "acme" });
  await cache.set("amused:1:acme:x:1", "1", 60_000);
  await cache.set("amused:1:bonsai:x:1", "1", 60_000);
  const before = await Array.fromAsync(other.audit.list());

  const erasure = await erased({ amused }, "acme");
  expect(erasure).toMatchObject({ sellerId: "acme", state: "erased", finishedAt: expect.any(String) });
  expect(erasure.rows).toBeGreaterThan(6);
  expect(await Promise.all([own, shared, replaced].map((key) => files.get(key)))).toEqual([
    ...[null, expect.anything(), null],
  ]);
  expect([await cache.get("amused:1:acme:x:1"), await cache.get("amused:1:bonsai:x:1")]).toEqual([null, "1"]);
  expect((await amused.keys.list({ sellerId: "acme" })).items).toEqual([]);
  expect((await Array.fromAsync(other.audit.list())).slice(-before.length)).toEqual(before);
  expect(await store.events.heads(["acme"])).toEqual(new Map());
  expect(errors).toEqual([]);
  await amused.close();
});

test("an image that another seller puts while it is taken away is there afterwards", async () => {
  const plain = memoryFiles();
  let between = async () => {};
  const files = {
    ...plain,
    async delete(key: string) {
      await between();
      await plain.delete(key);
    },
  };
  const { amused } = await system(files);
  const tea = await amused.seller("acme").products.create({ name: "Tea" });
  const { imageUrl } = await amused.seller("acme").products.setImage(tea.id, png(1));
  const cup = await amused.seller("bonsai").products.create({ name: "Cup" });
  between = async () => {
    await amused.seller("bonsai").products.setImage(cup.id, png(1));
  };
  await erased({ amused }, "acme");
  expect((await files.get(keyOf(imageUrl)))?.bytes).toEqual(png(1));
  await amused.close();
});

test("an image that is on its way when the seller is shut is gone afterwards", async () => {
  const plain = memoryFiles();
  const files = {
    ...plain,
    async put(...put: Parameters<typeof plain.put>) {
      await new Promise((done) => setTimeout(done, 1_000));
      await plain.put(...put);
    },
  };
  const { amused, store } = await system(files);
  const tea = await amused.seller("acme").products.create({ name: "Tea" });
  let key = "";
  const claim = store.files.claim;
  store.files.claim = (sellerId, claimed) => {
    key = claimed;
    return claim(sellerId, claimed);
  };
  const late = expect(amused.seller("acme").products.setImage(tea.id, png(1))).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(10);
  await erased({ amused }, "acme");
  await late;
  expect(key).not.toBe("");
  expect(await files.get(key)).toBeNull();
  await amused.close();
});

test("a seller is not said to be erased while the cache does not let go of it", async () => {
  const cache = memoryCache();
  let isDown = true;
  const deleteAll = cache.deleteAll;
  cache.deleteAll = async (prefix) => {
    if (isDown) throw new Error("down");
    await deleteAll(prefix);
  };
  const amused = await createAmused({ store: memoryStore(), cache, onError: () => {} });
  await amused.seller("acme").products.create({ name: "Tea" });
  await cache.set("amused:1:acme:x:1", "1", 3_600_000);
  expect((await erased({ amused }, "acme")).state).toBe("erasing");
  isDown = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await amused.sellers.erasure("acme")).state).toBe("erased");
  expect(await cache.get("amused:1:acme:x:1")).toBeNull();
  await amused.close();
});

test("work that is begun again before it has stopped goes on", async () => {
  const store = memoryStore();
  const now = () => new Date();
  const work = erasureWork({
    ...{ repositories: store, files: memoryFiles(), now, epoch: () => "e" },
    ...{ forget: async () => {}, announce() {}, onError() {} },
  });
  work.start();
  const stopping = work.stop();
  work.start();
  await stopping;
  await store.erasures.begin("acme", { at: now(), epoch: "e", requestedBy: null });
  await vi.advanceTimersByTimeAsync(90_000);
  expect((await store.erasures.find("acme"))?.state).toBe("erased");
  await work.stop();
});

test("a subscriber is told that the seller is erased, and a new one of the same name begins anew", async () => {
  const { amused } = await system();
  const shop = amused.seller("acme");
  await shop.products.create({ name: "Tea" });
  const old = (await shop.events.list()).nextCursor;
  const seen: string[] = [];
  const following = (async () => {
    for await (const { type } of shop.events.subscribe({ from: "start" })) seen.push(type);
  })();
  const ended = expect(following).rejects.toMatchObject({ code: "conflict", state: "erasing" });
  await vi.advanceTimersByTimeAsync(10);
  await amused.sellers.erase("acme", { actor: "user:1" });
  await ended;
  expect(seen).toEqual(["product.created"]);
  const late = shop.products.create({ name: "Cup" });
  await expect(late).rejects.toMatchObject({ code: "conflict", state: "erasing" });
  await expect(late).rejects.toThrow(/being erased/);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await amused.sellers.erase("acme")).toMatchObject({ state: "erased", requestedBy: "user:1" });

  await shop.products.create({ name: "Pot" });
  expect((await shop.products.list()).items.map(({ name }) => name)).toEqual(["Pot"]);
  const { items } = await shop.events.list();
  expect(items.map(({ seq }) => seq)).toEqual([1]);
  await expect(shop.events.list({ after: old })).rejects.toMatchObject({ code: "cursor_expired" });
  await amused.close();
});

test("what one process began and did not end, the next one that starts ends", async () => {
  const store = memoryStore();
  const first = await createAmused({ store });
  await first.seller("acme").products.create({ name: "Tea" });
  await first.sellers.erase("acme");
  await first.stop();
  const next = await createAmused({ store });
  await vi.advanceTimersByTimeAsync(30_000);
  expect((await next.sellers.erasure("acme")).state).toBe("erasing");
  await next.start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect((await next.sellers.erasure("acme")).state).toBe("erased");
  await expect(next.sellers.erasure("bonsai")).rejects.toMatchObject({ code: "not_found" });
  await next.close();
});
