import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { afterAll, beforeAll, expect, inject, onTestFinished, vi } from "vitest";
import * as images from "../../packages/core/test/images.ts";
import { apiReference } from "../../scripts/build/api-reference.ts";
import { browserTest, type Chromium, launch } from "./support/browser.ts";
import { listen } from "./support/listen.ts";

let chromium: Chromium;
beforeAll(async () => {
  if (inject("chromium") !== null) chromium = await launch();
});
afterAll(() => chromium?.close());

/** A page in Chromium, and what the browser found wrong with it or asked of others for it. */
async function open(url: string) {
  const context = await chromium.browser.newContext({ viewport: { width: 1200, height: 900 } });
  context.setDefaultTimeout(60_000);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(url).origin) faults.push(`asks ${origin}`);
  });
  await page.goto(url);
  return { page, faults };
}

async function serve(): Promise<string> {
  const amused = await createAmused({ store: memoryStore() });
  onTestFinished(() => amused.close());
  return listen(createApp(amused, { referenceScript: apiReference }).fetch);
}

browserTest(
  "the API reference works under its policy, and asks nobody else",
  { timeout: 180_000 },
  async () => {
    const { page, faults } = await open(`${await serve()}/docs`);
    await page.getByRole("heading", { name: "Make a product" }).first().waitFor();
    // For whoever wants to look at it.
    const picture = process.env.AMUSED_TEST_PICTURE;
    if (picture) await page.screenshot({ path: picture });
    expect(faults).toEqual([]);
  },
);

browserTest("the first page works under its policy", { timeout: 180_000 }, async () => {
  const { page, faults } = await open(`${await serve()}/`);
  expect(await page.locator("h1").textContent()).toBe("Amused");
  expect(await page.evaluate(() => getComputedStyle(document.body).maxWidth)).not.toBe("none");
  expect(faults).toEqual([]);
});

browserTest("a script that got into a page does not run", { timeout: 180_000 }, async () => {
  const { page, faults } = await open(`${await serve()}/`);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
  });
  await vi.waitFor(() => expect(faults.join()).toMatch(/script-src/), { timeout: 30_000 });
  expect(await page.evaluate(() => Reflect.get(globalThis, "ran"))).toBeUndefined();
});

browserTest("a page is framed by nobody", { timeout: 180_000 }, async () => {
  const server = await serve();
  const host = await listen(
    () =>
      new Response(`<!doctype html><link rel="icon" href="data:,"><iframe src="${server}/docs"></iframe>`, {
        headers: { "content-type": "text/html" },
      }),
  );
  const { faults } = await open(host);
  await vi.waitFor(() => expect(faults.join()).toMatch(/frame-ancestors/), { timeout: 30_000 });
});

browserTest(
  "pictures are drawn as before, once what is not of the picture was taken out",
  {
    timeout: 180_000,
  },
  async () => {
    const { animatedGif, animatedWebp, avif, gif, jpeg, png, webp } = images;
    const amused = await createAmused({ store: memoryStore() });
    onTestFinished(() => amused.close());
    const url = await listen(createApp(amused).fetch);
    const shop = amused.seller("acme");
    const { id } = await shop.products.create({ name: "Tea" });
    const { page, faults } = await open(`${url}/`);
    for (const image of [animatedGif, animatedWebp, avif, gif, jpeg, png, webp]) {
      const { imageUrl } = await shop.products.setImage(id, image);
      const size = await page.evaluate(async (src) => {
        const shown = new Image();
        shown.src = src;
        await shown.decode();
        return [shown.naturalWidth, shown.naturalHeight];
      }, url + imageUrl);
      // The one from a telephone lies on its side, and is still turned.
      expect(size).toEqual(image === jpeg ? [2, 3] : [3, 2]);
    }
    expect(faults).toEqual([]);
  },
);
