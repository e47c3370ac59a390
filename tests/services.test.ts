import { describe, expect, test } from "vitest";
import { type BrowserMachine, findChromium } from "../scripts/services/chromium.ts";
import { isLeftover } from "../scripts/services/database.ts";
import { findPostgres, type Machine } from "../scripts/services/postgres.ts";

/** A machine on which nothing is found, but for what a test gives it. */
function machine(given: Partial<Machine> & { answering?: RegExp } = {}) {
  const asked: string[] = [];
  const one: Machine = {
    env: {},
    refusal: async (url) => {
      asked.push(url);
      return given.answering?.test(url) ? undefined : "connection refused";
    },
    binaries: () => undefined,
    start: async (binaries) => ({
      url: "postgres://started",
      how: `started ${binaries}`,
      stop: async () => {},
    }),
    install: async () => "not root on Debian",
    ...given,
  };
  return { one, asked };
}

describe("finding PostgreSQL", () => {
  test("takes DATABASE_URL when it answers, and asks nothing else", async () => {
    const { one, asked } = machine({ env: { DATABASE_URL: "postgres://mine/db" }, answering: /mine/ });
    expect((await findPostgres(one)).url).toBe("postgres://mine/db");
    expect(asked).toEqual(["postgres://mine/db"]);
  });

  test("goes on to the default port when DATABASE_URL does not answer", async () => {
    const { one } = machine({ env: { DATABASE_URL: "postgres://mine/db" }, answering: /127\.0\.0\.1:5432/ });
    expect(await findPostgres(one)).toMatchObject({ url: "postgres://postgres@127.0.0.1:5432/postgres" });
  });

  test("tries further databases of the server on the default port", async () => {
    const { one } = machine({ answering: /\/template1$/ });
    expect((await findPostgres(one)).url).toBe("postgres://postgres@127.0.0.1:5432/template1");
  });

  test("starts a server of its own when none runs but the programs are there", async () => {
    const { one } = machine({ binaries: () => "/opt/pg/bin" });
    expect((await findPostgres(one)).how).toBe("started /opt/pg/bin");
  });

  test("installs the programs when they are missing, then starts the server", async () => {
    let installed = false;
    const { one } = machine({
      binaries: () => (installed ? "/usr/lib/pg/bin" : undefined),
      install: async () => {
        installed = true;
        return undefined;
      },
    });
    expect((await findPostgres(one)).how).toBe("started /usr/lib/pg/bin");
  });

  test("installs nothing where the tests are to go without it", async () => {
    const { one } = machine({
      env: { AMUSED_TEST_WITHOUT_POSTGRES: "1" },
      install: () => expect.unreachable("installed"),
    });
    await expect(findPostgres(one)).rejects.toThrow(/not wanted/);
  });

  test("says every reason and what to do, in one line, when nothing helps", async () => {
    const { one } = machine({ env: { DATABASE_URL: "postgres://mine/db" } });
    const error = await findPostgres(one).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "ServiceMissing" });
    expect((error as Error).message).toMatch(
      /DATABASE_URL: connection refused.*5432.*not root.*Install PostgreSQL/,
    );
    expect((error as Error).message).not.toContain("\n");
  });

  test("a start that fails leads on, with its reason", async () => {
    const { one } = machine({
      binaries: () => "/opt/pg/bin",
      start: () => Promise.reject(new Error("no disk")),
    });
    await expect(findPostgres(one)).rejects.toThrow(/no disk/);
  });
});

describe("finding Chromium", () => {
  /** A machine with these programs that run, and no others. */
  const machine = (
    programs: Record<string, string>,
    given: Partial<BrowserMachine> = {},
  ): BrowserMachine => ({
    env: {},
    version: (program) => programs[program],
    programs: () => Object.keys(programs),
    install: async () => "not root on Debian",
    ...given,
  });

  test("takes the one that was named, and else the first that runs", async () => {
    const programs = { "/broken": "", "/usr/bin/chromium": "Chromium 150.0", "/mine": "Chrome 151.0" };
    const env = { AMUSED_TEST_CHROMIUM: "/mine" };
    expect((await findChromium(machine(programs, { env }))).url).toBe("/mine");
    const runs = (program: string) => programs[program as keyof typeof programs] || undefined;
    expect((await findChromium(machine(programs, { version: runs }))).url).toBe("/usr/bin/chromium");
  });

  test("installs one when there is none", async () => {
    const programs: Record<string, string> = {};
    const install = async () => {
      programs["/usr/bin/chromium"] = "Chromium 150.0";
      return undefined;
    };
    expect((await findChromium(machine(programs, { install }))).how).toBe(
      "Chromium 150.0 (/usr/bin/chromium)",
    );
  });

  test("looks for none where the tests are to go without it", async () => {
    const env = { AMUSED_TEST_WITHOUT_BROWSER: "1" };
    const install = () => expect.unreachable("installed");
    const one = machine({ "/usr/bin/chromium": "Chromium 150.0" }, { env, install });
    await expect(findChromium(one)).rejects.toThrow(/not wanted/);
  });

  test("says every reason and what to do, in one line, when nothing helps", async () => {
    const error = await findChromium(machine({})).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "ServiceMissing" });
    expect((error as Error).message).toMatch(
      /AMUSED_TEST_CHROMIUM is not set.*none among the programs.*not root.*Install Chromium/,
    );
  });
});

describe("leftover databases", () => {
  const now = Date.UTC(2026, 0, 1);
  const made = (ago: number) => `amused_test_${(now - ago).toString(36)}_0a1b2c3d`;

  test("are those of our own making that are older than an hour", () => {
    expect(isLeftover(made(2 * 3600_000), now)).toBe(true);
    expect(isLeftover(made(60_000), now)).toBe(false);
    expect(isLeftover("amused_test_data", now)).toBe(false);
    expect(isLeftover("amused_production", now)).toBe(false);
  });
});
