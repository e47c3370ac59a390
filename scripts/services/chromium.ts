import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { aptInstall } from "./apt.ts";
import { findOrStart, type Rung, type Service } from "./ladder.ts";

const advice =
  "Install Chromium or Chrome (its program in PATH is enough), or set AMUSED_TEST_CHROMIUM to its program, or set " +
  "AMUSED_TEST_WITHOUT_BROWSER=1 to skip the tests that need it.";

/** What the finder asks the machine, so that its decisions can be tested without one. */
export interface BrowserMachine {
  env: Record<string, string | undefined>;
  /** What the program says of its version; undefined where it can not be run. */
  version(program: string): string | undefined;
  /** Programs that may be on this machine, the likeliest first. */
  programs(): string[];
  /** Installs Chromium; undefined when it can, else the reason why not. */
  install(): Promise<string | undefined>;
}

/** The program of a Chromium; its `url` is the path. Nothing runs, so that there is nothing to stop. */
export function findChromium(machine: BrowserMachine = thisMachine): Promise<Service> {
  return findOrStart("Chromium", chromiumRungs(machine), advice);
}

export function chromiumRungs(machine: BrowserMachine): Rung[] {
  const among = async (programs: string[], where: string) => {
    for (const program of programs) {
      const version = machine.version(program);
      if (version !== undefined)
        return { url: program, how: `${version} (${program})`, stop: async () => {} };
    }
    return { reason: programs.length === 0 ? `none ${where}` : `${programs.join(", ")} can not be run` };
  };
  // Unlike a server that runs anyway, a browser that is there may be one that does not work here.
  if (machine.env.AMUSED_TEST_WITHOUT_BROWSER === "1")
    return [async () => ({ reason: "not wanted (AMUSED_TEST_WITHOUT_BROWSER=1)" })];
  return [
    async () => {
      const given = machine.env.AMUSED_TEST_CHROMIUM;
      return given ? among([given], "") : { reason: "AMUSED_TEST_CHROMIUM is not set" };
    },
    async () => among(machine.programs(), "among the programs"),
    async () => {
      const reason = await machine.install();
      return reason === undefined ? among(machine.programs(), "after the installation") : { reason };
    },
  ];
}

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

export const thisMachine: BrowserMachine = {
  env: process.env,
  version(program) {
    try {
      accessSync(program, constants.X_OK);
      const said = execFileSync(program, ["--version"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return /[A-Z][\w ]* \d+(\.\d+)+/.exec(said)?.[0];
    } catch {
      return undefined;
    }
  },
  programs() {
    const inPath = names.flatMap((name) =>
      (process.env.PATH ?? "").split(":").map((folder) => join(folder, name)),
    );
    // Where Playwright keeps the browsers that it downloads itself.
    const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), ".cache/ms-playwright");
    const downloaded = globSync("chromium-*/chrome-linux*/chrome", { cwd: cache }).map((path) =>
      join(cache, path),
    );
    const onMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    return [...inPath, ...downloaded.sort().reverse(), onMac].filter((path) => existsSync(path));
  },
  install: async () => aptInstall("Chromium", "chromium"),
};
