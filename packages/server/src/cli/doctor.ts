import { access, constants, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { models } from "./doctor-models.ts";
import { lineOf, Refusal } from "./fail.ts";
import { listen } from "./listen.ts";
import { readSettings, type Settings, unknownSettings, unusedSettings } from "./settings.ts";

/** What a check found; a fault says how to mend it. */
type Finding = { fine: string } | { fault: string };

export interface DoctorFlags {
  port?: string;
  host?: string;
  data?: string;
}

/** `amused doctor`: looks without changing anything. Exit code 1 when something needs mending. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  const findings: [string, Finding][] = [["node", { fine: process.versions.node }]];
  let settings: Settings | null = null;
  try {
    settings = readSettings({ PORT: flags.port, HOST: flags.host, AMUSED_DATA: flags.data }, process.env);
    const unused = unusedSettings(process.env);
    const unknown = unknownSettings(process.env);
    findings.push([
      "settings",
      unknown.length > 0
        ? { fault: `there are no such settings: ${unknown.join(", ")}` }
        : {
            fine:
              unused.length === 0 ? "all read" : `all read; not used by this version: ${unused.join(", ")}`,
          },
    ]);
  } catch (error) {
    findings.push(["settings", { fault: (error as Error).message }]);
  }
  if (settings !== null) {
    findings.push(["folder", await folder(settings)]);
    findings.push(["port", await port(settings)]);
    findings.push(["models", await models(settings)]);
    if (settings.DATABASE_URL === undefined) findings.push(["database", await embedded(settings)]);
    else
      findings.push(
        ...(await import("./doctor-postgres.ts").then(({ postgres }) =>
          postgres(settings.DATABASE_URL as string),
        )),
      );
  }
  for (const [name, finding] of findings) {
    const fine = "fine" in finding;
    console.log(`${fine ? "ok   " : "MEND "} ${name.padEnd(10)} ${fine ? finding.fine : finding.fault}`);
    if (!fine) process.exitCode = 1;
  }
}

async function folder({ AMUSED_DATA }: Settings): Promise<Finding> {
  const path = resolve(AMUSED_DATA);
  const found = await stat(path).catch(() => null);
  if (found === null) {
    const above = await nearest(dirname(path));
    const writable = await access(above, constants.W_OK).then(
      () => true,
      () => false,
    );
    return writable
      ? { fine: `${path} will be made at the first start` }
      : { fault: `${path} can not be made: ${above} is not writable. Choose another with --data.` };
  }
  if (!found.isDirectory()) return { fault: `${path} is not a folder. Choose another with --data.` };
  return access(path, constants.R_OK | constants.W_OK).then(
    () => ({ fine: path }),
    () => ({
      fault: `${path} is not readable and writable for this user. Give it to the user, or choose another with --data.`,
    }),
  );
}

async function nearest(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there || dirname(path) === path ? path : nearest(dirname(path));
}

async function port({ PORT, HOST }: Settings): Promise<Finding> {
  try {
    const server = await listen(() => new Response(), PORT, HOST);
    await server.close(0);
    return { fine: PORT === 0 ? "a free one will be picked" : `${PORT} is free` };
  } catch (error) {
    return { fault: error instanceof Refusal ? error.message : lineOf(error) };
  }
}

/** Looks at the lock only: opening the database would change it. */
async function embedded({ AMUSED_DATA }: Settings): Promise<Finding> {
  const place = join(resolve(AMUSED_DATA), "pg");
  const there = await stat(place).then(
    () => true,
    () => false,
  );
  if (!there) return { fine: "embedded; made at the first start" };
  const holder = await readFile(`${place}.lock`, "utf8").then(
    (text) => Number((JSON.parse(text) as { pid: unknown }).pid),
    () => null,
  );
  if (holder === null || !isAlive(holder)) return { fine: `embedded in ${place}, used by nobody now` };
  return {
    fault: `${place} is in use by process ${holder}: only one process can have it. Stop that one before starting another.`,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
