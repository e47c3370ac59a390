import type { TestProject } from "vitest/node";
import { say } from "./say.ts";
import { findChromium } from "./services/chromium.ts";
import { ServiceMissing } from "./services/ladder.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The program of a Chromium; null where the tests go without a browser on purpose. */
    chromium: string | null;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  try {
    const from = performance.now();
    const { url, how } = await findChromium();
    // `npm test` has found it before, and has said so.
    if (process.env.AMUSED_TEST_CHROMIUM !== url) say(`Chromium: ${how}`, from);
    project.provide("chromium", url);
  } catch (error) {
    if (!(error instanceof ServiceMissing) || process.env.AMUSED_TEST_WITHOUT_BROWSER !== "1") throw error;
    project.provide("chromium", null);
  }
}
