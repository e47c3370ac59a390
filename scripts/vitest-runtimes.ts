import type { TestProject } from "vitest/node";
import { say } from "./say.ts";
import { ServiceMissing } from "./services/ladder.ts";
import { findRuntime, type Runtime, runtimes } from "./services/runtimes.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The programs of the other runtimes; null where the tests go without them on purpose. */
    runtimes: Record<Runtime, string | null>;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const found: Record<Runtime, string | null> = { bun: null, deno: null };
  for (const runtime of Object.keys(runtimes) as Runtime[]) {
    try {
      const from = performance.now();
      const { url, how } = await findRuntime(runtime);
      say(how, from);
      found[runtime] = url;
    } catch (error) {
      if (!(error instanceof ServiceMissing) || process.env.AMUSED_TEST_WITHOUT_RUNTIMES !== "1") throw error;
    }
  }
  project.provide("runtimes", found);
}
