import { type Browser, chromium as playwright } from "playwright-core";
import { inject, test } from "vitest";

/** `test`, or a skip that says why where the tests go without a browser. */
export const browserTest: typeof test = inject("chromium") === null ? (test.skip as typeof test) : test;

/** A Chromium without a window. */
export function launch(): Promise<Browser> {
  return playwright.launch({
    executablePath: inject("chromium") ?? "",
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
}
