import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./packages.ts";
import { say, seconds } from "./say.ts";
import { findChromium } from "./services/chromium.ts";
import { type Service, ServiceMissing } from "./services/ladder.ts";
import { findPostgres } from "./services/postgres.ts";

// `npm test`: the services that the tests need, then the tests, then what took how long. What is given after `--`
// goes to vitest. `--long` runs the tests that take longer than a moment's patience (`*.long.test.ts`).
const from = performance.now();
const long = process.argv.includes("--long");
const passedOn = process.argv.slice(2).filter((argument) => argument !== "--long");

const postgres = await found("PostgreSQL", findPostgres, "AMUSED_TEST_WITHOUT_POSTGRES");
const chromium = await found("Chromium", findChromium, "AMUSED_TEST_WITHOUT_BROWSER");
const folder = mkdtempSync(join(tmpdir(), "amused-test-"));
const report = process.env.AMUSED_TEST_REPORT ?? join(folder, "report.json");

say(`Runs the ${long ? "long " : ""}tests with vitest …`);
const vitest = spawn(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...[
      "run",
      "--config",
      "vitest.workspace.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    ...passedOn,
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      // Under a name of its own: a server that a test starts would take DATABASE_URL for its setting.
      DATABASE_URL: undefined,
      AMUSED_TEST_POSTGRES_URL: postgres?.url,
      AMUSED_TEST_CHROMIUM: chromium?.url,
      ...(long ? { AMUSED_TEST_LONG: "1" } : {}),
    },
  },
);
// Ctrl-C reaches vitest by itself. It ends its work first, and then this script ends with what it started.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => vitest.kill("SIGTERM"));
const [code] = await once(vitest, "exit");

sayWhatTookLong();
rmSync(folder, { recursive: true, force: true });
await postgres?.stop();
say(`${long ? "Long tests" : "Tests"} ${code === 0 ? "passed" : "failed"}`, from);
process.exit(code ?? 1);

/** A service, once said what was found; where there is none, this ends unless the tests are to go without it. */
async function found(
  name: string,
  find: () => Promise<Service>,
  without: string,
): Promise<Service | undefined> {
  try {
    const before = performance.now();
    const service = await find();
    say(`${name}: ${service.how}`, before);
    return service;
  } catch (error) {
    if (!(error instanceof ServiceMissing)) throw error;
    console.error(error.message);
    if (process.env[without] !== "1") process.exit(1);
    return undefined;
  }
}

interface Report {
  testResults: { name: string; startTime: number; endTime: number; assertionResults: unknown[] }[];
}

/** Seconds and tests of each package, and the slowest files, so that a slow test is seen before it is a habit. */
function sayWhatTookLong(): void {
  let files: { path: string; time: number; tests: number }[];
  try {
    const { testResults }: Report = JSON.parse(readFileSync(report, "utf8"));
    files = testResults.map(({ name, startTime, endTime, assertionResults }) => ({
      path: relative(root, name),
      time: endTime - startTime,
      tests: assertionResults.length,
    }));
  } catch {
    return;
  }
  const places = Map.groupBy(files, ({ path }) => path.replace(/^(packages\/[^/]+|[^/]+)\/.*/, "$1"));
  for (const [place, inside] of places) {
    const sum = (pick: (file: { time: number; tests: number }) => number) =>
      inside.reduce((n, file) => n + pick(file), 0);
    say(
      `  ${place}: ${sum((file) => file.tests)} tests in ${inside.length} files, ${seconds(sum((file) => file.time))}`,
    );
  }
  const slow = files.filter(({ time }) => time > 10_000).sort((a, b) => b.time - a.time);
  for (const { path, time } of slow.slice(0, 5)) say(`  slow: ${path}, ${seconds(time)}`);
}
