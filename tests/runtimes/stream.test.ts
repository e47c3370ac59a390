import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createClient } from "@amused/client";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { bundleFile } from "./support/bundle.ts";

let program: string;
beforeAll(async () => {
  program = await bundleFile(join(import.meta.dirname, "support/server.ts"));
});
afterAll(() => rm(dirname(program), { recursive: true }));

describe.each(["bun", "deno"] as const)("a server on %s", (runtime) => {
  const path = inject("runtimes")[runtime];

  async function start() {
    const flags = runtime === "deno" ? ["run", "--allow-all", "--no-config"] : ["run"];
    const server = spawn(path ?? "", [...flags, program], { stdio: ["ignore", "pipe", "inherit"] });
    const gone = once(server, "close");
    onTestFinished(async () => {
      server.kill("SIGKILL");
      await gone;
    });
    const [line] = await once(server.stdout.setEncoding("utf8"), "data");
    return JSON.parse(line) as { url: string; key: string; productId: number };
  }

  test.skipIf(path === null)(
    "a reader that comes and goes while events are made has each once, in order, and leaves nothing open",
    { timeout: 60_000 },
    async () => {
      const { url, key, productId } = await start();
      const shop = createClient({ baseUrl: url, apiKey: key, reconnect: { minDelay: 10 } });
      const total = 300;
      const made = (async () => {
        for (let n = 0; n < total; n++) await shop.stock.adjust(productId, { adjust: 1, reason: "test" });
      })();

      const seen: number[] = [];
      let from: string = "start";
      let visits = 0;
      while (seen.length < total + 1) {
        visits++;
        const until = seen.length + 40;
        for await (const event of shop.events.subscribe({ from })) {
          if (event.type === "stream.reset") throw new Error(`a reset: ${event.payload.reason}`);
          seen.push(event.seq);
          from = event.id;
          if (seen.length >= Math.min(until, total + 1)) break;
        }
      }
      await made;
      expect(visits).toBeGreaterThan(5);
      expect(seen).toEqual(Array.from({ length: total + 1 }, (_, i) => i + 1));

      // A connection that was left is noticed at the latest by the next write to it.
      await shop.stock.adjust(productId, { adjust: 1, reason: "test" });
      const metrics = async () =>
        (await fetch(`${url}/metrics`, { headers: { authorization: "Bearer scraper-of-the-test" } })).text();
      await vi.waitFor(async () => expect(await metrics()).toContain("\namused_streams_open 0\n"), 10_000);
    },
  );
});
