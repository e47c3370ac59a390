import { line, type Run, run } from "../process.ts";
import { adminKey } from "./cluster.ts";

/** A server that can be made to stand still between a commit and its hint. */
export interface HeldServer {
  port: number;
  url: string;
  /** The next sale that is committed stops the process where it is. */
  hold(): Promise<void>;
  /** Settled when a sale is committed and the process stands still. */
  committed(): Promise<void>;
  kill(): Promise<void>;
}

/** On what it keeps its data. */
export type HeldKind = "postgres" | "pglite";

const script = new URL("../held-server.ts", import.meta.url).pathname;

export async function startHeldServer(kind: HeldKind, where: string): Promise<HeldServer> {
  const server: Run = run(script, [kind, where, adminKey]);
  const port = Number(await line(server, 0));
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async hold() {
      server.child.stdin?.write("hold\n");
      await said(1, "holding");
    },
    committed: () => said(2, "committed"),
    async kill() {
      server.child.kill("SIGKILL");
      await server.ended;
      if (server.child.signalCode !== "SIGKILL") throw new Error(`it ended by itself: ${server.stderr()}`);
    },
  };

  async function said(n: number, expected: string): Promise<void> {
    const is = await line(server, n);
    if (is !== expected) throw new Error(`it says ${is} and not ${expected}`);
  }
}
