import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createAmused } from "@amused/core";
import { postgresStore } from "@amused/postgres";
import { pgliteStore } from "@amused/postgres/pglite";
import pg from "pg";
import { describe, expect, inject, onTestFinished, type TestContext, test } from "vitest";
import { amused, folder } from "./support/process.ts";

const slow = 120_000;

async function run(args: string[], env?: Record<string, string>): Promise<[number | null, string]> {
  const command = amused(args, env);
  const code = await command.ended;
  return [code, (code === 0 ? command.stdout() : command.stderr()).trimEnd()];
}

/** A shop of three products on the server, a consumer's name, and the commands on the same database. */
async function setUp(context: TestContext) {
  const databaseUrl = inject("databaseUrl");
  if (databaseUrl === null) return context.skip(inject("databaseMissing"));
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const house = await createAmused({ store: postgresStore({ pool }), onError() {} });
  onTestFinished(() => house.close().then(() => pool.end()));
  // Other tests use the same database.
  const [name, seller] = [
    `mails-${randomBytes(4).toString("hex")}`,
    `acme-${randomBytes(4).toString("hex")}`,
  ];
  for (const name of ["Tea", "Cup", "Pot"]) await house.seller(seller).products.create({ name });
  const data = await folder();
  const command = (...args: string[]) => run([...args, "--data", data], { DATABASE_URL: databaseUrl });
  return { house, name, seller, command };
}

describe("commands about consumers", { timeout: slow }, () => {
  test("list what was given up, have it handled once more, and take it away", async (context) => {
    const { house, name, seller, command } = await setUp(context);
    const fail = ({ seq, sellerId }: { seq: number; sellerId: string }) => {
      if (seq > 1 && sellerId === seller) throw new Error("no\nluck");
    };
    const consumption = house.events.consume(name, ["product.*"], fail, { attempts: 1 });
    const letters = async () => (await house.events.deadLetters.list({ consumer: name })).items;
    await expect.poll(async () => (await letters()).length, { timeout: slow }).toBe(2);
    await consumption.stop();

    const [last, first] = await letters();
    const [, listed] = await command("dead-letters", "list", "--consumer", name);
    const line = (id: number | undefined, seq: number) =>
      new RegExp(
        `^${id}  \\S+  ${name}  ${seller}  failed: product.created \\S+\\.${seq}, 1 attempt: Error: no luck$`,
      );
    expect(listed.split("\n")).toEqual([
      expect.stringMatching(line(last?.id, 3)),
      expect.stringMatching(line(first?.id, 2)),
    ]);
    const where = ["--consumer", name, "--seller", seller];
    expect(await command("consumers", ...where)).toEqual([
      0,
      expect.stringMatching(
        new RegExp(`^${name}  ${seller}  at (\\S+\\.3) of \\1  0 behind  2 dead letters$`),
      ),
    ]);
    const redrive = await command("dead-letters", "redrive", String(last?.id));
    expect(redrive).toEqual([0, "1 dead letter will be handled once more."]);
    const [, json] = await command("dead-letters", "list", ...where, "--json");
    expect(json.split("\n").map((line) => JSON.parse(line))).toMatchObject([
      { id: last?.id, event: { seq: 3 }, redriveAt: expect.any(String) },
      { id: first?.id, event: { seq: 2 }, redriveAt: null },
    ]);
    const discard = await command("dead-letters", "discard", "--consumer", name, "--json");
    expect(discard).toEqual([0, '{"discarded":2}']);
    expect(await letters()).toEqual([]);
  });

  test("set a consumer back, and show how it catches up in its own process", async (context) => {
    const { house, name, seller, command } = await setUp(context);
    let handled = 0;
    house.events.consume(name, ["product.created"], ({ sellerId }) => {
      if (sellerId === seller) handled++;
    });
    await expect.poll(() => handled, { timeout: slow }).toBe(3);
    const replay = (...more: string[]) => command("replay", "--consumer", name, "--seller", seller, ...more);
    const [, lines] = await replay("--json");
    expect(JSON.parse(lines.split("\n").at(-1) ?? "")).toEqual({ done: 3, total: 3 });
    expect(handled).toBe(6);
    expect((await replay())[1]).toMatch(/goes on from start with 1 seller\.\n.*caught up/s);
    expect(await replay("--from", "now", "--no-wait", "--json")).toEqual([0, '{"sellers":1}']);
    expect(await command("replay", "--consumer", "nobody")).toEqual([
      1,
      "amused: There is no consumer nobody.",
    ]);
  });

  test("show what fails now in one line, whatever its error holds", async (context) => {
    const { house, name, seller, command } = await setUp(context);
    const fail = ({ sellerId }: { sellerId: string }) => {
      if (sellerId === seller) throw new Error("no\n\u001b[2Jluck");
    };
    const consumption = house.events.consume(name, ["product.*"], fail, { attempts: 2, delay: 3_600_000 });
    const where = ["--consumer", name, "--seller", seller];
    const failed = new RegExp(`^${name}  .*  failed 1 time \\(Error: no \\[2Jluck\\), again \\S+Z$`);
    await expect
      .poll(
        async () => (await house.events.consumers({ consumer: name, sellerId: seller })).items[0]?.attempts,
        {
          timeout: slow,
        },
      )
      .toBe(1);
    expect(await command("consumers", ...where)).toEqual([0, expect.stringMatching(failed)]);
    await consumption.stop();
    await house.events.replay(name, { from: "start", sellerId: seller });
    house.events.consume(name, ["product.*"], fail, { attempts: 1 });
    const letters = async () => (await house.events.deadLetters.list({ consumer: name })).items;
    await expect.poll(async () => (await letters()).length, { timeout: slow }).toBe(3);
    const [, listed] = await command("dead-letters", "list", ...where);
    for (const line of listed.split("\n")) expect(line).toMatch(/Error: no \[2Jluck$/);
  });

  test("do not wait where nobody else can have the store: the consumer is set back for its next start", async () => {
    const data = await folder();
    const house = await createAmused({ store: pgliteStore(data) });
    await house.seller("acme").products.create({ name: "Tea" });
    await house.events.consume("mails", ["*"], () => {}, { from: "now" }).ready;
    await house.close();
    expect(await run(["replay", "--consumer", "mails", "--data", data])).toEqual([
      0,
      "mails goes on from start with 1 seller.\nIt does so when the process that runs it is started again.",
    ]);
    const again = await createAmused({ store: pgliteStore(data) });
    const seen: string[] = [];
    again.events.consume("mails", ["*"], ({ type }) => seen.push(type));
    await expect.poll(() => seen, { timeout: slow }).toEqual(["product.created"]);
    await again.close();
  });

  test("refuse a consumer that is not there, and a position that is none", async (context) => {
    const { name, command } = await setUp(context);
    const refused = [1, `amused: There is no consumer ${name}.`];
    for (const args of [["consumers"], ["dead-letters", "list"], ["dead-letters", "discard"]])
      expect(await command(...args, "--consumer", name)).toEqual(refused);
    const replay = (from: string) => command("replay", "--consumer", name, "--from", from);
    expect(await replay("garbage")).toEqual([1, expect.stringMatching(/--from .*garbage is none/)]);
    expect(await replay("abc.1")).toEqual([1, expect.stringContaining("needs --seller")]);
  });

  test("make nothing where there is no data", async () => {
    const data = join(await folder(), "wrong");
    for (const args of [
      ["consumers"],
      ["dead-letters", "list"],
      ["keys", "list"],
      ["replay", "--consumer", "a"],
    ]) {
      const refused = [
        1,
        `amused: The folder ${data} holds no data; name another with --data or AMUSED_DATA.`,
      ];
      expect(await run([...args, "--data", data])).toEqual(refused);
    }
    expect(existsSync(data)).toBe(false);
  });

  test("refuse what names no dead letter", async () => {
    const refused = async (...args: string[]) => run(["dead-letters", ...args]);
    expect(await refused("redrive")).toEqual([1, expect.stringContaining("Say which")]);
    expect(await refused("discard", "x")).toEqual([1, expect.stringContaining("x is none")]);
  });
});
