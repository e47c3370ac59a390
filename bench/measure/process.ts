import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const sources = ["--conditions=@amused/source", "--disable-warning=ExperimentalWarning"];

/** A server in a process of its own, with what it said when it was ready. */
export type ServerProcess<Ready extends object = { url: string }> = Ready & {
  pid: number;
  stop(): Promise<void>;
};

/** Starts a server in a process of its own; its first line on standard output is JSON with its URL. */
export async function startServer<Ready extends object = { url: string }>(
  script: URL,
  args: string[] = [],
  env: Record<string, string> = {},
  nodeOptions: string[] = [],
): Promise<ServerProcess<Ready>> {
  const child = spawn(process.execPath, [...sources, ...nodeOptions, fileURLToPath(script), ...args], {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`${fileURLToPath(script)} ended with ${code} before it was ready.`);
  });
  const [line] = (await Promise.race([once(createInterface(child.stdout), "line"), died])) as [string];
  died.catch(() => {});
  const ready = JSON.parse(line) as Ready;
  return { ...ready, pid: child.pid as number, stop: () => stop(child) };
}

/** A process of its own that does what it is asked, one thing at a time. */
export interface Worker<Order, Answer> {
  ask(order: Order): Promise<Answer>;
  stop(): Promise<void>;
}

export function startWorker<Order extends object, Answer extends object>(script: URL): Worker<Order, Answer> {
  const child = fork(fileURLToPath(script), { execArgv: sources });
  return {
    async ask(order) {
      const answered = new AbortController();
      const { signal } = answered;
      child.send(order);
      // An order is given only when the last one is done, so that the next message is its answer.
      const answer = await Promise.race([
        once(child, "message", { signal }),
        once(child, "exit", { signal }),
      ]);
      answered.abort();
      if (typeof answer[0] !== "object" || answer[0] === null)
        throw new Error(`${fileURLToPath(script)} ended.`);
      return answer[0] as Answer;
    },
    stop: () => stop(child),
  };
}

/** What a worker's script does: answers each order over IPC, and ends with whoever gives them. */
export function answerOrders<Order, Answer extends object>(answer: (order: Order) => Promise<Answer>): void {
  process.on("message", (order: Order) => {
    answer(order).then(
      (answered) => process.send?.(answered),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit());
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
