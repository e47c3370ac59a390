import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createAmused, memoryStore } from "@amused/core";
import { createApp } from "@amused/server";
import { serve } from "@hono/node-server";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "..");

/** Runs an example as a user would, in a process of its own; on the sources, so that no build is needed. */
async function run(name: string, env: Record<string, string> = {}): Promise<string> {
  const args = ["--conditions=@amused/source", join(folder, name)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...env },
    timeout: 15_000,
  });
  return stdout;
}

test("the example in process does what it says", async () => {
  expect(await run("in-process.ts")).toBe(
    "sold 2 at 4.90 USD\nrefused: 1 left\nproduct.created\nsale.recorded\n",
  );
});

test("the example over HTTP does what it says", async () => {
  const amused = await createAmused({ store: memoryStore() });
  const { key } = await amused.keys.create({ sellerId: "acme", scopes: ["read", "write"] });
  const server = serve({ fetch: createApp(amused).fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const said = await run("over-http.ts", { AMUSED_URL: `http://127.0.0.1:${port}`, AMUSED_KEY: key });
  server.close();
  await amused.close();
  expect(said).toBe("sold 1, 39 remain\nsold 2, 37 remain\nGreen tea: 3 movements\n");
});

test("the example of a live list does what it says, and is quoted as it is", async () => {
  expect(await run("live-list.ts")).toBe("Teapot: 2\nGreen tea: 1, Teapot: 2\n");
  const page = readFileSync(join(folder, "../docs/live-lists.md"), "utf8");
  expect(page).toContain(readFileSync(join(folder, "live-list.ts"), "utf8"));
});

test("the example of the audit does what it says, and is quoted with what it prints; its promises name tests", async () => {
  const printed = await run("audit.ts");
  const page = readFileSync(join(folder, "../docs/audit.md"), "utf8");
  expect(page).toContain(readFileSync(join(folder, "audit.ts"), "utf8"));
  expect(page).toContain(`prints\n\n\`\`\`\n${printed}\`\`\``);
  const tests = [...page.matchAll(/\| `(packages\/[^`]+)` \|/g)].map(([, path]) => path as string);
  expect(tests.length).toBeGreaterThan(6);
  for (const path of tests) expect(readFileSync(join(folder, "..", path), "utf8")).toMatch(/expect/);
});

test("the example of the engines does what it says, and is quoted as it is", async () => {
  expect(await run("engines.ts")).toMatch(
    /^\d+ in four weeks; gone by day \d+ as likely as not; order \d+\n\d+ in four weeks; gone by day \(later\) as likely as not; order 0\n\[ \[ 'pot', 'bought_together' \], \[ 'mug', 'bought_together' \] \]\nDrinks\n$/,
  );
  const readme = readFileSync(join(folder, "../packages/engines/README.md"), "utf8");
  expect(readme).toContain(readFileSync(join(folder, "engines.ts"), "utf8"));
});

test("the example of a consumer does what it says", async () => {
  expect(await run("consumer.ts")).toBe(
    [
      "gave up after 2 attempts: Error: the mail server is away",
      "receipt for acme: 2 sold",
      "receipt for acme: 2 sold",
      "replayed 2 events\n",
    ].join("\n"),
  );
});

test("the example of a page says which setting to change where its port is taken", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => taken.once("listening", listening));
  const { port } = taken.address() as AddressInfo;
  const failed = await run("page/server.ts", { PORT: String(port) }).catch((error: unknown) => error);
  taken.close();
  const stderr = `Port ${port} is taken; choose another with PORT (0 picks a free one).\n`;
  expect(failed).toMatchObject({ code: 1, stderr });
});

test("the page about consumers quotes its example as it is", () => {
  const page = readFileSync(join(folder, "../docs/consumers.md"), "utf8");
  expect(page).toContain(readFileSync(join(folder, "consumer.ts"), "utf8"));
});

test("the README quotes the examples as they are", () => {
  const readme = readFileSync(join(folder, "../README.md"), "utf8");
  for (const name of ["in-process.ts", "over-http.ts"])
    expect(readme).toContain(readFileSync(join(folder, name), "utf8"));
});
