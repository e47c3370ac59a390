import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Driven, Order } from "./driver.ts";

const sources = ["--conditions=@amused/source", "--disable-warning=ExperimentalWarning"];

export interface ServerProcess {
  pid: number;
  url: string;
  stop(): Promise<void>;
}

/** Starts a server in a process of its own; its first line on standard output is JSON with its URL. */
export async function startServer(
  script: string,
  args: string[],
  env: Record<string, string>,
): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [...sources, fileURLToPath(new URL(script, import.meta.url)), ...args],
    {
      env: { ...process.env, NODE_ENV: "production", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`${script} ended with ${code} before it was ready.`);
  });
  const [line] = (await Promise.race([once(createInterface(child.stdout), "line"), died])) as [string];
  died.catch(() => {});
  const { url } = JSON.parse(line) as { url: string };
  return { pid: child.pid as number, url, stop: () => stop(child) };
}

export interface Driver {
  drive(order: Order): Promise<Driven>;
  stop(): Promise<void>;
}

export function startDriver(): Driver {
  const child = fork(fileURLToPath(new URL("./driver.ts", import.meta.url)), { execArgv: sources });
  return {
    async drive(order) {
      const answered = new AbortController();
      const { signal } = answered;
      child.send(order);
      // An order is given only when the last one is done, so that the next message is its answer.
      const driven = await Promise.race([
        once(child, "message", { signal }),
        once(child, "exit", { signal }),
      ]);
      answered.abort();
      if (typeof driven[0] !== "object") throw new Error("The driver ended.");
      return driven[0] as Driven;
    },
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
