// What runs in the thread that `engine-threads.ts` starts: does what it is told, one calculation after the other.
import { setPriority } from "node:os";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { EngineError } from "@amused/engines";
import { type CalculationName, calculate } from "./services/calculations/calculations.ts";

/** What the thread says: first that it is there, then what came of each calculation. */
export type Said = { ready: true } | { result: unknown } | { error: ThrownText };

/** An error in parts, since one that is cloned is no longer of its class. */
export interface ThrownText {
  name: string;
  message: string;
  stack: string | undefined;
  /** Of an `EngineError`. */
  engine?: { field: string; expected: string };
}

// Whoever imports this by mistake, also in a thread of his own, has nothing of it.
if (!isMainThread && parentPort !== null && workerData?.amused === true) {
  yieldToOthers();
  const port = parentPort;
  const say = (said: Said) => port.postMessage(said);
  port.on("message", ({ name, input }: { name: CalculationName; input: unknown }) => {
    try {
      say({ result: calculate(name, input) });
    } catch (error) {
      say({ error: inParts(error) });
    }
  });
  say({ ready: true });
}

/** Where both want the same core, what answers requests gets most of it. Only on Linux has a thread a priority of its own. */
function yieldToOthers(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(5);
  } catch {
    // Not allowed here.
  }
}

function inParts(thrown: unknown): ThrownText {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown), stack: undefined };
  const { name, message, stack } = thrown;
  const engine =
    thrown instanceof EngineError ? { field: thrown.field, expected: thrown.expected } : undefined;
  return { name, message, stack, ...(engine && { engine }) };
}
