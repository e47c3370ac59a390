import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;

// `*.long.test.ts` have a command of their own: `npm run test:long`.
const long = process.env.AMUSED_TEST_LONG === "1";

// Only these ask for a PostgreSQL server, so that the rest starts at once.
const withDatabases = new Set(["postgres", "server", "bench"]);
// And only these for a browser, or for the runtimes beside Node.
const withBrowser = new Set(["browser", "runtimes"]);
const withRuntimes = new Set(["runtimes"]);

// Tests run on sources, with no build: every package's `exports` names its TypeScript under this condition first.
const conditions = ["@amused/source", "module", "node", "development|production"];

function project(name: string, folder: string, exclude: string[] = []) {
  return {
    root: folder,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: long ? ["**/*.long.test.ts"] : ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**", ...exclude, ...(long ? [] : ["**/*.long.test.ts"])],
      testTimeout: long ? 600_000 : 20_000,
      hookTimeout: 60_000,
      globalSetup: [
        ...(withDatabases.has(name) ? [join(root, "scripts/vitest-databases.ts")] : []),
        ...(withBrowser.has(name) ? [join(root, "scripts/vitest-browser.ts")] : []),
        ...(withRuntimes.has(name) ? [join(root, "scripts/vitest-runtimes.ts")] : []),
      ],
    },
  };
}

const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "package.json")),
);
const folders = ["examples", "bench"].filter((name) => existsSync(join(root, name)));

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Much of the time is spent waiting for databases and processes, so two cores carry two workers well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((name) => project(name, join(root, "packages", name))),
      ...folders.map((name) => project(name, join(root, name))),
      project("house", join(root, "tests"), ["browser/**", "runtimes/**"]),
      project("browser", join(root, "tests/browser")),
      project("runtimes", join(root, "tests/runtimes")),
    ],
  },
});
