import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAmused, memoryStore } from "@amused/core";
import { expect, test } from "vitest";
import { prepareDemo } from "../src/cli/demo/demo.ts";
import { folder } from "./support/process.ts";

test("the demo is a real shop, loaded once, with a key that is the same on every start", {
  timeout: 60_000,
}, async () => {
  const data = await folder();
  const amused = await createAmused({ store: memoryStore() });
  let said = 0;
  const first = await prepareDemo(amused, data, ({ done, total }) => {
    expect(done).toBeLessThanOrEqual(total);
    said++;
  });
  expect(first.loaded).toBe("now");
  expect(said).toBeGreaterThan(10);

  const shop = amused.seller("demo");
  const products = [];
  for await (const product of shop.products.list({ limit: 200 })) products.push(product);
  expect(products).toHaveLength(200);
  expect(products.every(({ quantity, currency }) => quantity > 0 && currency === "GBP")).toBe(true);
  const { items } = await shop.events.list({ types: ["import.completed"], after: "start" });
  expect(items.map(({ payload }) => payload)).toMatchObject([
    { kind: "products", done: 200, failed: 0 },
    { kind: "sales", done: 118_058, failed: 0 },
  ]);
  // The shop's last day lies in the past seven days, and on its own weekday.
  const [latest] = (await shop.sales.list({ limit: 1 })).items;
  const age = Date.now() - Date.parse(latest?.soldAt as string);
  expect(age).toBeGreaterThan(0);
  expect(age).toBeLessThan(8 * 86_400_000);
  expect(new Date(latest?.soldAt as string).getUTCDay()).toBe(5);

  expect(await prepareDemo(amused, data, () => {})).toEqual({ apiKey: first.apiKey, loaded: "before" });
  expect((await stat(join(data, "demo.json"))).mode & 0o777).toBe(0o600);

  // A key that was lost is replaced, and opens nothing any longer.
  await writeFile(join(data, "demo.json"), JSON.stringify({ apiKey: "amk_lost", loaded: true }));
  const renewed = await prepareDemo(amused, data, () => {});
  expect(renewed.apiKey).not.toBe(first.apiKey);
  await expect(amused.services.keys.verify(first.apiKey)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a seller named demo with products of its own is left alone", async () => {
  const amused = await createAmused({ store: memoryStore() });
  await amused.seller("demo").products.create({ name: "Mine" });
  const { loaded } = await prepareDemo(amused, await folder(), () => {});
  expect(loaded).toBe("not empty");
  expect((await amused.seller("demo").products.list()).items).toHaveLength(1);
});

test("the demo names its source and licence", async () => {
  const text = await readFile(join(import.meta.dirname, "../demo/README.md"), "utf8");
  for (const said of ["Online Retail", "Daqing Chen", "CC BY 4.0", "UCI Machine Learning Repository"])
    expect(text).toContain(said);
});
