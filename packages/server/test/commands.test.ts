import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { amused, folder, request, startServer } from "./support/process.ts";

const slow = 60_000;

async function done(args: string[]): Promise<string> {
  const run = amused(args);
  const code = await run.ended;
  expect([args.join(" "), code, run.stderr()]).toEqual([args.join(" "), 0, ""]);
  return run.stdout().trimEnd();
}

describe("commands on the store", { timeout: slow }, () => {
  test("migrate, make, list and revoke keys, import, and look for faults", async () => {
    const data = await folder();
    const on = ["--data", data];
    expect(await done(["migrate", ...on])).toMatch(/applied|already/);
    const key = await done(["keys", "create", "--seller", "acme", "--scopes", "read,write", ...on]);
    expect(key).toMatch(/^amk_\S+$/);
    const whole = JSON.parse(await done(["keys", "create", "--scopes", "admin", "--json", ...on])) as {
      id: number;
    };
    expect(whole).toMatchObject({ sellerId: null, scopes: ["admin"], key: expect.any(String) });
    expect(await done(["keys", "list", ...on])).not.toContain(key);
    await done(["keys", "revoke", String(whole.id), ...on]);

    const file = join(data, "products.csv");
    await writeFile(file, "sku,name,quantity\nT-1,Tea,4\n");
    expect(await done(["import", "products", file, "--seller", "acme", "--dry-run", ...on])).toContain(
      "Would be: 1 created",
    );
    expect(await done(["import", "products", file, "--seller", "acme", ...on])).toContain("1 created");
    const again = await done(["import", "products", file, "--seller", "acme", "--json", ...on]);
    expect(JSON.parse(again)).toMatchObject({ created: 0, skipped: 1 });

    await writeFile(file, "sku,name\nT-2,\n");
    const refused = async (args: string[]) => {
      const run = amused([...args, ...on]);
      return [await run.ended, run.stderr().trimEnd()];
    };
    const from = (path: string) => refused(["import", "products", path, "--seller", "acme"]);
    expect(await from(file)).toEqual([1, "row 1: name: is required"]);
    expect(await from(data)).toEqual([1, `amused: ${data} is a folder, not a file.`]);
    expect(await refused(["keys", "revoke", "abc"])).toEqual([1, expect.stringContaining("abc")]);

    expect(await done(["doctor", "--port", "0", ...on])).not.toContain("MEND");
    expect(JSON.parse(await done(["openapi"]))).toMatchObject({ openapi: "3.1.0" });
  });

  test("rotate a key, and list what is left of it without a secret", async () => {
    const on = ["--data", await folder()];
    const key = await done([
      "keys",
      "create",
      "--seller",
      "acme",
      "--origins",
      "https://shop.example",
      ...on,
    ]);
    const rotated = amused(["keys", "rotate", "1", "--overlap", "1h", ...on]);
    expect([await rotated.ended, rotated.stdout()]).toEqual([0, expect.stringMatching(/^amk_\S+\n$/)]);
    expect(rotated.stderr()).toMatch(/Key \d+ takes the place of key 1, which lives on for 1h/);
    const listed = await done(["keys", "list", ...on]);
    expect(listed).toMatch(
      /^1 +amk_\w+ +acme +read,write +never +\d{4}-\S+ +unnamed \(only on https:\/\/shop.example\) \(replaced by \d+\)$/m,
    );
    for (const secret of [key, rotated.stdout().trim()]) expect(listed).not.toContain(secret);
    const wrong = amused(["keys", "rotate", "1", "--overlap", "1", ...on]);
    expect([await wrong.ended, wrong.stderr()]).toEqual([
      1,
      expect.stringMatching(/^amused: --overlap must be a duration/),
    ]);
  });
});

describe("erasing a seller", { timeout: slow }, () => {
  test("is done for whoever is sure, and takes the keys along", async () => {
    const on = ["--data", await folder()];
    await done(["keys", "create", "--seller", "acme", ...on]);
    const unsure = amused(["erase", "--seller", "acme", ...on]);
    expect([await unsure.ended, unsure.stderr()]).toEqual([1, expect.stringContaining("--yes")]);
    const erased = await done(["erase", "--seller", "acme", "--yes", "--json", ...on]);
    expect(JSON.parse(erased)).toMatchObject({ sellerId: "acme", state: "erased", requestedBy: "cli" });
    expect(await done(["keys", "list", "--seller", "acme", ...on])).not.toContain("acme");
  });
});

describe("commands on a server", { timeout: slow }, () => {
  test("tail shows what happens, import sends a file, and doctor says who has the folder", async () => {
    const data = await folder();
    const { ready, child } = await startServer(["--data", data]);
    const made = await request(`${ready.url}/v1/keys`, ready.adminKey as string, "POST", {
      sellerId: "acme",
    });
    const { key } = (await made.json()) as { key: string };
    const server = ["--url", ready.url, "--key", key];

    const tail = amused(["tail", ...server, "--from", "start", "--types", "product.*", "--json"]);
    const file = join(data, "products.ndjson");
    await writeFile(file, '{"sku":"T-1","name":"Tea"}\n');
    expect(await done(["import", "products", file, ...server])).toContain("1 created");
    if (!tail.stdout().includes("\n")) await once(tail.child.stdout as NodeJS.ReadableStream, "data");
    // The product may have its category told by then.
    const [line = ""] = tail.stdout().split("\n");
    expect(JSON.parse(line)).toMatchObject({ type: "product.created", seq: expect.any(Number) });
    tail.child.kill("SIGINT");
    expect(await tail.ended).toBe(0);

    const doctor = amused(["doctor", "--port", "0", "--data", data]);
    expect(await doctor.ended).toBe(1);
    expect(doctor.stdout()).toContain(`in use by process ${child.pid}`);
  });

  test("tail says once that nobody answers, and goes on when somebody does", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as { port: number };
    closed.close();
    const tail = amused(["tail", "--url", `http://127.0.0.1:${port}`, "--key", "k"]);
    const said = () =>
      tail
        .stderr()
        .split("\n")
        .filter((line) => line.startsWith("Can not reach"));
    await expect.poll(said, { timeout: slow }).toEqual([expect.stringMatching(/ECONNREFUSED.*keeps trying/)]);
    await startServer(["--data", await folder(), "--port", String(port)]);
    // The server answers that the key is none.
    expect(await tail.ended).toBe(1);
    expect(said()).toHaveLength(1);
  });
});

describe("a command that is none", () => {
  test("is called so, with the one that was meant", async () => {
    const run = amused(["strat"]);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain("unknown command 'strat'; is start meant?");
  });
});
