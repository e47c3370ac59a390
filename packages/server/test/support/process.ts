import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const bin = join(import.meta.dirname, "../../src/bin.ts");

export interface Run {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code, when it has ended. */
  ended: Promise<number | null>;
}

/** Runs the `amused` command from its sources, with no settings but these. */
export function amused(args: string[], env: Record<string, string> = {}): Run {
  return run(bin, args, env);
}

/** Runs a script in a process of its own, which ends with the test. */
export function run(script: string, args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ["--conditions=@amused/source", script, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
    });
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, ended, stdout: () => text.stdout, stderr: () => text.stderr };
}

export interface Ready {
  url: string;
  adminKey?: string;
  demo?: { seller: string; apiKey: string };
}

/** Starts a server on a free port and waits for its ready line. */
export async function startServer(
  args: string[],
  env?: Record<string, string>,
): Promise<Run & { ready: Ready }> {
  const run = amused(["start", "--json", "--port", "0", ...args], env);
  return { ...run, ready: JSON.parse(await line(run, 0)) as Ready };
}

/** The n-th line of what a process says, as soon as it is there. */
export async function line(run: Run, n: number): Promise<string> {
  const { stdout } = run.child;
  while (run.stdout().split("\n").length < n + 2) {
    const code = await Promise.race([
      run.ended,
      once(stdout as NodeJS.ReadableStream, "data").then(() => "more" as const),
    ]);
    if (code !== "more") throw new Error(`the server ended with ${code}: ${run.stderr()}`);
  }
  return run.stdout().split("\n")[n] as string;
}

/** A folder of the test's own. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "amused-server-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Asks with a key, with JSON where there is a body. */
export function request(url: string, key: string, method = "GET", body?: unknown): Promise<Response> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
