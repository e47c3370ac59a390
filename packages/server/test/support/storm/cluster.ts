import { once } from "node:events";
import { inject, onTestFinished } from "vitest";
import { createDatabase } from "../../../../../scripts/services/database.ts";
import { folder, startServer } from "../process.ts";

/** The server, as one process or several on the same data, which can be killed and started again. */
export interface Cluster {
  /** The ports of those that run. */
  ports(): [number, ...number[]];
  /** An address of one that runs, with nothing in between. */
  url(): string;
  /** SIGKILL; the process is gone when this returns. */
  kill(node: number): Promise<void>;
  /** Starts anew what was killed; on another port. */
  start(node: number): Promise<void>;
  /** The lines that the processes have said on standard error, those that were killed too. */
  said(): string[];
}

export const adminKey = "an-admin-key-of-at-least-32-characters";

/** The arguments and variables of one process. */
export interface Node {
  args: string[];
  env?: Record<string, string>;
}

/** A node on a PostgreSQL server. */
export async function postgresNode(url: string): Promise<Node> {
  return { args: ["--data", await folder()], env: { DATABASE_URL: url } };
}

/** A database for one test alone. */
export async function freshDatabase(): Promise<string> {
  const { url, drop } = await createDatabase(inject("databaseUrl") as string);
  onTestFinished(drop);
  return url;
}

export async function startCluster(nodes: Node[]): Promise<Cluster> {
  const env = {
    AMUSED_ADMIN_KEY: adminKey,
    // A dead stream is to be known soon, here.
    AMUSED_HEARTBEAT: "300ms",
    RATE_LIMIT: "off",
    LOG_LEVEL: "error",
  };
  const all: Awaited<ReturnType<typeof startServer>>[] = [];
  const running = new Map<number, (typeof all)[number]>();

  async function start(node: number): Promise<void> {
    const run = await startServer(nodes[node]?.args ?? [], { ...env, ...nodes[node]?.env });
    all.push(run);
    running.set(node, run);
  }

  await Promise.all(nodes.map((_, node) => start(node)));
  const url = () => {
    const [first] = running.values();
    if (first === undefined) throw new Error("no server runs");
    return first.ready.url;
  };
  return {
    url,
    start,
    ports: () => {
      const ports = [...running.values()].map(({ ready }) => Number(new URL(ready.url).port));
      return [ports[0] ?? Number(new URL(url()).port), ...ports.slice(1)];
    },
    async kill(node) {
      const run = running.get(node);
      if (run === undefined) throw new Error(`server ${node} does not run`);
      running.delete(node);
      const ended = once(run.child, "exit");
      run.child.kill("SIGKILL");
      const [code, signal] = await ended;
      if (signal !== "SIGKILL") throw new Error(`server ${node} ended by itself (${code}): ${run.stderr()}`);
    },
    said: () => all.flatMap(({ stderr }) => stderr().split("\n")),
  };
}
