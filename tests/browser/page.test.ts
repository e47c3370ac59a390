import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, vi } from "vitest";
import { browserTest, type Chromium, launch } from "./support/browser.ts";

const soon = <T>(assertion: () => T | Promise<T>) =>
  vi.waitFor(assertion, { timeout: 60_000, interval: 100 });
const example = join(import.meta.dirname, "../../examples/page/server.ts");

let chromium: Chromium;
beforeAll(async () => {
  if (inject("chromium") !== null) chromium = await launch();
});
afterAll(() => chromium?.close());

/** Starts the example as its reader would; on the sources, so that no build is needed. */
async function start(port = "0") {
  const child = spawn(process.execPath, ["--conditions=@amused/source", example], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(stop);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (line: string) => resolve(line.trim()));
    child.on("exit", (code) => reject(new Error(`the example ended with ${code}`)));
  });
  return { url, stop };
}

browserTest(
  "the example page shows a sale of another tab, and says when it is cut off",
  { timeout: 180_000 },
  async () => {
    const { url, stop } = await start();
    const context = await chromium.browser.newContext({ viewport: { width: 1100, height: 760 } });
    context.setDefaultTimeout(90_000);
    onTestFinished(() => context.close());
    const [page, other] = [await context.newPage(), await context.newPage()];
    const faults: string[] = [];
    for (const one of [page, other]) {
      one.on("pageerror", (error) => faults.push(error.message));
      await one.goto(url);
      await soon(async () => expect(await one.locator("#products tr").count()).toBe(8));
    }
    const teapot = (of: typeof page) => of.locator("#products tr", { hasText: "Cast-iron teapot" });
    const stock = (of: typeof page) => teapot(of).locator("[data-part=quantity]").textContent();
    const sell = teapot(other).getByRole("button");

    expect([await stock(page), await stock(other)]).toEqual(["2", "2"]);
    await sell.click();
    await soon(async () => expect([await stock(page), await stock(other)]).toEqual(["1", "1"]));
    await sell.click();
    await soon(async () => expect([await stock(page), await stock(other)]).toEqual(["0", "0"]));
    expect(await sell.isDisabled()).toBe(true);
    expect(await page.locator("#events li").count()).toBe(2);
    await soon(async () => expect(await page.locator("#state").textContent()).toBe("Live"));
    // For whoever wants to look at it.
    const picture = process.env.AMUSED_TEST_PICTURE;
    if (picture) await page.screenshot({ path: picture });

    await stop();
    await soon(async () =>
      expect(await page.locator("#state").textContent()).toMatch(/^No connection: .* at /),
    );
    // It keeps nothing, so that a new one has another history. The page is told, and loads afresh.
    await start(new URL(url).port);
    await soon(async () => expect([await stock(page), await stock(other)]).toEqual(["2", "2"]));
    await soon(async () => expect(await page.locator("#state").textContent()).toBe("Live"));
    expect(faults).toEqual([]);
  },
);

browserTest("the example page has room on a phone", { timeout: 180_000 }, async () => {
  const { url } = await start();
  for (const width of [360, 390, 430]) {
    const context = await chromium.browser.newContext({ viewport: { width, height: 760 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    await soon(async () => expect(await page.locator("#products tr").count()).toBe(8));
    const cutOff = await page
      .locator("section")
      .evaluateAll((sections) => sections.map((one) => one.scrollWidth - one.clientWidth));
    expect([width, ...cutOff]).toEqual([width, 0, 0]);
  }
});
