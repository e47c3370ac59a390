import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { createDatabase } from "../../../scripts/services/database.ts";
import { traffic } from "./support/outage.ts";
import { folder, request, startServer } from "./support/process.ts";
import { keyFor } from "./support/storm/connect.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

const adminKey = "an-admin-key-of-at-least-32-characters";
const fair = { AMUSED_ADMIN_KEY: adminKey, RATE_LIMIT: "off" };

/** Has the process do something that none of its parts would, when it gets a signal. */
function upon(signal: string, code: string): Record<string, string> {
  const script = `process.on(${JSON.stringify(signal)}, () => { ${code} });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

const metric = async (url: string, name: string) => {
  const text = await (await request(`${url}/metrics`, adminKey)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
};

describe("what fails with nobody there to be told", { timeout: 90_000 }, () => {
  test("is a line in the log and a count, where a promise was rejected, and the server goes on", async () => {
    const env = { ...fair, ...upon("SIGUSR2", 'Promise.reject(new Error("nobody hears this"))') };
    const { ready, child, stderr } = await startServer(["--data", await folder()], env);
    expect(await metric(ready.url, "amused_unhandled_total")).toBe(0);
    child.kill("SIGUSR2");
    await expect.poll(() => metric(ready.url, "amused_unhandled_total"), { timeout: 5_000 }).toBe(1);
    const lines = stderr()
      .split("\n")
      .filter((line) => line.includes("nobody hears this"));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      "log.level": "error",
      message: expect.stringContaining("report it"),
    });
    expect(child.exitCode).toBeNull();
  });

  test("ends the process where nobody caught an exception, and what was acknowledged is kept", async () => {
    const data = await folder();
    const env = { ...fair, ...upon("SIGUSR2", 'throw new Error("a broken invariant")') };
    const first = await startServer(["--data", data], env);
    const key = await keyFor(first.ready.url, adminKey, "acme");
    await request(`${first.ready.url}/v1/products`, key, "POST", { name: "Tea", quantity: 3 });
    first.child.kill("SIGUSR2");
    expect(await first.ended).toBe(1);
    const lines = first
      .stderr()
      .split("\n")
      .filter((line) => line.includes("a broken invariant"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("start it again");

    const second = await startServer(["--data", data], fair);
    const listed = await request(`${second.ready.url}/v1/products`, key);
    expect(await listed.json()).toMatchObject({ items: [{ name: "Tea", quantity: 3 }] });
  });

  test("is no matter where nobody reads what the server says any more", async () => {
    const env = {
      ...fair,
      LOG_LEVEL: "debug",
      ...upon("SIGUSR2", 'console.log("a word"); console.error("more")'),
    };
    const { ready, child, ended } = await startServer(["--data", await folder()], env);
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (let i = 0; i < 5; i++) {
      child.kill("SIGUSR2");
      await sleep(50);
      // Each is a line in the log, too.
      expect((await fetch(`${ready.url}/health/live`)).status).toBe(200);
    }
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});

const databaseUrl = inject("databaseUrl");

describe.skipIf(databaseUrl === null)("a server that is told to stop", { timeout: 90_000 }, () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "by %s under load ends what is open within its time, with exit code 0",
    async (signal) => {
      const database = await createDatabase(databaseUrl as string);
      onTestFinished(database.drop);
      const env = { ...fair, DATABASE_URL: database.url, AMUSED_DRAIN: "6s", LOG_LEVEL: "error" };
      const { ready, child, ended, stderr } = await startServer(["--data", await folder()], env);
      const { url } = ready;
      const key = await keyFor(url, adminKey, "acme");
      const made = await request(`${url}/v1/products`, key, "POST", { name: "Tea", quantity: 100_000 });
      const { id } = (await made.json()) as { id: number };
      const customers = traffic(url, key, id, 2);
      const streams = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const blocks = blocksOf(await request(`${url}/v1/events/stream?after=start`, key));
          await next(blocks);
          return blocks;
        }),
      );
      const rows = Array.from({ length: 30_000 }, (_, n) => `S-${n},Tea ${n},${n}`);
      const importing = fetch(`${url}/v1/imports/products`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "text/csv" },
        body: ["sku,name,quantity", ...rows].join("\n"),
      }).catch((error: Error) => error);
      await next(streams[0] as (typeof streams)[number], ({ event }) => event === "import.progressed");

      const from = performance.now();
      child.kill(signal);
      for (const blocks of streams) expect(Number((await rest(blocks)).at(-1)?.retry)).toBeGreaterThan(0);
      expect(await ended).toBe(0);
      expect(performance.now() - from).toBeLessThan(6_000 + 1_500);
      expect(stderr()).not.toMatch(/nobody looked|Nobody caught|Could not stop/);
      // Nobody was told that something had failed on our side.
      expect(customers.answers.filter(({ status }) => status === 500)).toEqual([]);
      await Promise.allSettled([importing, customers.ended]);
    },
  );

  test("twice ends at once", async () => {
    const { ready, child, ended } = await startServer(["--data", await folder()], fair);
    const key = await keyFor(ready.url, adminKey, "acme");
    // A body that never comes keeps the first one waiting.
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) });
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    void fetch(`${ready.url}/v1/products`, {
      method: "POST",
      headers,
      body,
      duplex: "half",
    } as RequestInit).catch(() => {});
    await sleep(300);
    child.kill("SIGTERM");
    await sleep(200);
    const from = performance.now();
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(await ended).toBe(130);
  });
});
