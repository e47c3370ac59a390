import { execFileSync } from "node:child_process";
import { accessSync, constants, globSync } from "node:fs";
import { join } from "node:path";
import { download, downloaded } from "./download.ts";
import { findOrStart, type Service } from "./ladder.ts";

/** The JavaScript runtimes beside Node on which the engines are to give the same, bit for bit. */
export const runtimes = {
  // Their npm packages carry the program in a package for each platform, which npm picks.
  bun: { name: "Bun", pack: "bun@1.4.5", program: "@oven/bun-*/bin/bun" },
  deno: { name: "Deno", pack: "deno@2.9.6", program: "@deno/*/deno" },
};

export type Runtime = keyof typeof runtimes;

/** The program of a runtime; its `url` is the path. */
export function findRuntime(runtime: Runtime): Promise<Service> {
  const { name, pack, program } = runtimes[runtime];
  const cached = () => globSync(join(downloaded(pack), "node_modules", program));
  const variable = `AMUSED_TEST_${runtime.toUpperCase()}`;
  const given = process.env[variable];

  const among = async (programs: string[], reason: string) => {
    for (const url of programs) {
      const version = versionOf(url);
      if (version !== undefined) return { url, how: `${name} ${version} (${url})`, stop: async () => {} };
    }
    return { reason };
  };
  const inPath = (process.env.PATH ?? "").split(":").map((one) => join(one, runtime));

  return findOrStart(
    name,
    [
      () => among(given ? [given] : [], `${variable} names none`),
      () => among(inPath, "none in PATH"),
      () => among(cached(), "none downloaded before"),
      async () => {
        download(name, pack);
        return among(cached(), "what was downloaded can not be run");
      },
    ],
    `Put ${runtime} in PATH, or set ${variable} to its program, or AMUSED_TEST_WITHOUT_RUNTIMES=1 to skip its tests.`,
  );
}

function versionOf(program: string): string | undefined {
  try {
    accessSync(program, constants.X_OK);
    return /\d+(\.\d+)+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[0];
  } catch {
    return undefined;
  }
}
