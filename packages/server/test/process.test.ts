import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "@amused/client";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { amused, folder, request, startServer } from "./support/process.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

const slow = 40_000;

describe("amused start", { timeout: slow }, () => {
  test("serves on the embedded store, stops in order, and takes up what it left", async () => {
    const data = await folder();
    const first = await startServer(["--data", data]);
    const { url, adminKey = "" } = first.ready;
    const made = await request(`${url}/v1/keys`, adminKey, "POST", { sellerId: "acme" });
    const { key } = (await made.json()) as { key: string };
    expect((await request(`${url}/v1/products`, key, "POST", { name: "Tea", quantity: 3 })).status).toBe(201);

    const blocks = blocksOf(await request(`${url}/v1/events/stream?after=start`, key));
    await next(blocks);
    const from = Date.now();
    first.child.kill("SIGTERM");
    const last = (await rest(blocks)).at(-1);
    expect(Number(last?.retry)).toBeGreaterThan(0);
    expect(await first.ended).toBe(0);
    expect(Date.now() - from).toBeLessThan(10_000);
    // The ready line is all there is on standard output; the log is JSON lines with ECS fields.
    expect(first.stdout().trimEnd().split("\n")).toHaveLength(1);
    for (const line of first.stderr().trimEnd().split("\n"))
      expect(JSON.parse(line)).toMatchObject({
        "@timestamp": expect.any(String),
        "log.level": "info",
        "ecs.version": expect.any(String),
      });

    const second = await startServer(["--data", data]);
    expect(second.ready.adminKey).toBeUndefined();
    const listed = await request(`${second.ready.url}/v1/products`, key);
    expect(await listed.json()).toMatchObject({ items: [{ name: "Tea", quantity: 3 }] });

    const intruder = amused(["start", "--port", "0", "--data", data]);
    expect(await intruder.ended).toBe(1);
    expect(intruder.stderr()).toMatch(
      new RegExp(`^amused: .*in use by process ${second.child.pid}\\b[^\n]*\n$`),
    );
  });

  test("lets what is in flight finish when it is told to stop", async () => {
    const { ready, child, ended } = await startServer(["--data", await folder()]);
    const { adminKey = "", url } = ready;
    let send = () => {};
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"sellerId":'));
        send = () => {
          controller.enqueue(new TextEncoder().encode('"acme"}'));
          controller.close();
        };
      },
    });
    const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
    const answer = fetch(`${url}/v1/keys`, { method: "POST", headers, body, duplex: "half" } as RequestInit);
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    send();
    expect((await answer).status).toBe(201);
    expect(await ended).toBe(0);
  });

  test("does not wait for connections that never asked for anything", async () => {
    const { ready, child, ended } = await startServer(["--data", await folder()]);
    const socket = connect(Number(new URL(ready.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    // Answered after it, so that the server has taken it too.
    await fetch(`${ready.url}/health/live`, { headers: { connection: "close" } });
    const from = Date.now();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(Date.now() - from).toBeLessThan(5_000);
  });

  test("promises no connection for more whose body it did not read", async () => {
    const { ready } = await startServer(["--data", await folder()], { AMUSED_BODY_LIMIT: "10kb" });
    const { adminKey = "", url } = ready;
    const send = (size: number) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
        const upload = httpRequest(`${url}/v1/keys`, { method: "POST", headers }, resolve);
        upload.on("error", reject);
        upload.write("x".repeat(size));
        // The rest is never sent where the answer is known.
        if (size < 10_000) upload.end();
      });
    const refused = await send(200_000);
    expect([refused.statusCode, refused.headers.connection]).toEqual([413, "close"]);
    refused.destroy();
    const read = await send(5);
    expect([read.statusCode, read.headers.connection]).toEqual([400, "keep-alive"]);
    read.destroy();
  });

  test("is told of a wrong key though the file is still on its way when the answer comes", async () => {
    const { ready } = await startServer(["--data", await folder()]);
    const { sales } = createClient({ baseUrl: ready.url, apiKey: "amk_of_nobody" });
    // More than fits into all buffers between.
    async function* file() {
      for (let i = 0; i < 320; i++) yield "x".repeat(65_536);
    }
    for (let i = 0; i < 5; i++)
      await expect(sales.import(file())).rejects.toThrow("The key is unknown or was revoked.");
  });

  test("is told of a draining server while the door is still open", async () => {
    const { ready, child, ended } = await startServer(["--data", await folder()]);
    child.kill("SIGTERM");
    await expect
      .poll(async () => (await fetch(`${ready.url}/health/ready`)).status, { interval: 20, timeout: 400 })
      .toBe(503);
    expect(await ended).toBe(0);
  });

  test("takes the admin key of the settings for this start", async () => {
    const adminKey = "k".repeat(40);
    const { ready } = await startServer(["--data", await folder()], { AMUSED_ADMIN_KEY: adminKey });
    expect(ready.adminKey).toBeUndefined();
    expect((await request(`${ready.url}/v1/keys`, adminKey)).status).toBe(200);
  });

  test("serves with PostgreSQL, where one of two nodes that start at once makes the admin key", async (context) => {
    const databaseUrl = inject("databaseUrl");
    if (databaseUrl === null) return context.skip(inject("databaseMissing"));
    const env = { DATABASE_URL: databaseUrl };
    const nodes = await Promise.all([
      startServer(["--data", await folder()], env),
      startServer(["--data", await folder()], env),
    ]);
    const keys = nodes.flatMap(({ ready }) => ready.adminKey ?? []);
    expect(keys).toHaveLength(1);
    for (const { ready } of nodes)
      expect((await request(`${ready.url}/v1/keys`, keys[0] as string)).status).toBe(200);
  });
});

describe("what can not be is refused in one line", { timeout: slow }, () => {
  async function refusal(args: string[], env?: Record<string, string>): Promise<string> {
    const run = amused(args, env);
    const code = await run.ended;
    expect([code, run.stdout()]).toEqual([1, ""]);
    expect(run.stderr().trimEnd().split("\n")).toHaveLength(1);
    return run.stderr();
  }

  test("a bad setting", async () => {
    expect(await refusal(["start", "--json", "--port", "abc"])).toContain("--port must be");
    expect(await refusal(["start", "--json"], { AMUSED_HEARTBEAT: "15" })).toContain("AMUSED_HEARTBEAT");
  });

  test("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    expect(await refusal(["start", "--json", "--port", String(port), "--data", await folder()])).toContain(
      `Port ${port}`,
    );
  });

  test("a data folder that can not be made", async () => {
    const file = join(await folder(), "file");
    await writeFile(file, "");
    expect(await refusal(["start", "--json", "--data", join(file, "data")])).toContain("can not be made");
  });

  test("a database that is not there", async () => {
    const env = { DATABASE_URL: "postgres://127.0.0.1:1/nowhere" };
    expect(await refusal(["start", "--json", "--data", await folder()], env)).toContain("DATABASE_URL");
  });

  test("a database that the server does not have", async (context) => {
    const databaseUrl = inject("databaseUrl");
    if (databaseUrl === null) return context.skip(inject("databaseMissing"));
    const url = new URL(databaseUrl);
    url.pathname = "/no_such_database";
    const args = ["start", "--json", "--data", await folder()];
    expect(await refusal(args, { DATABASE_URL: url.href })).toContain("DATABASE_URL");
  });

  test("an old Node", () => {
    const old = `Object.defineProperty(process.versions, "node", { value: "20.19.0" }); import("./src/bin.ts");`;
    const run = spawnSync(
      process.execPath,
      ["--conditions=@amused/source", "--input-type=module", "-e", old],
      {
        cwd: join(import.meta.dirname, ".."),
        encoding: "utf8",
      },
    );
    expect([run.status, run.stderr]).toEqual([1, "amused needs Node 22.12 or newer; this is 20.19.0.\n"]);
  });
});
