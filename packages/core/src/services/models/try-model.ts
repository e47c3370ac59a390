import { AmusedError, isAmusedError } from "../../errors.ts";
import type { ModelCall } from "../../ports/models.ts";
import type { Circuit } from "../circuit.ts";
import type { Limits } from "./limits.ts";
import type { Charge } from "./spending.ts";
import { tokensOf } from "./spending.ts";
import type { ModelCounts, ModelFailure, ModelRefusal } from "./tried.ts";

/** What stands around the calls of one model. */
export interface Guard {
  /** As it is said in messages: `language model gpt-5`. */
  name: string;
  limits: Limits;
  circuit: Circuit;
  counts: ModelCounts;
  charge(sellerId: string, tokens: number): Charge | null;
  onError(error: unknown): void;
  /** Aborts when the system is closed: nobody waits then. */
  closed: AbortSignal;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  random(): number;
}

export interface Question<T> {
  sellerId: string;
  /** Tokens that are sent, about, and those that may come back at most. */
  tokens: { sent: number; most: number };
  ask(call: ModelCall): Promise<unknown>;
  /** `null`, or an error, for nonsense. */
  read(answer: unknown): T | null;
  /** Whether what comes back is counted as text, where the provider does not count. */
  countsAnswer: boolean;
}

type Outcome<T> = { ok: true; value: T; answer: unknown } | ModelRefusal;

/** Asks a model within its limits: budget, time, tries, and rest after failures. Never throws. */
export async function tryModel<T>(guard: Guard, question: Question<T>): Promise<Outcome<T>> {
  const { circuit, closed, counts, limits, name } = guard;
  const refused = (reason: ModelFailure, message: string): ModelRefusal => {
    counts.failures[reason]++;
    return { ok: false, reason, message: `The ${name} ${message}` };
  };
  if (!circuit.enter()) return refused("resting", "failed, and is left alone for a while.");
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(end, limits.timeout);
  closed.addEventListener("abort", end);
  if (closed.aborted) end();
  try {
    for (let attempt = 0; ; attempt++) {
      const charge = guard.charge(question.sellerId, question.tokens.sent + question.tokens.most);
      if (charge === null) {
        circuit.undecided();
        return refused("over_budget", "is not asked any more today: the budget is used up.");
      }
      const asked = await askOnce(guard, question, charge, ended.signal);
      if ("answer" in asked) {
        circuit.succeeded();
        const value = readOf(question, asked.answer);
        if (value === null) return refused("nonsense", "gave an answer that can not be used.");
        return { ok: true, value, answer: asked.answer };
      }
      const { error } = asked;
      const failed = (reason: "failed" | "timed_out", message: string, restMs: number | null = null) => {
        const refusal = refused(reason, message);
        // What was foreseen says enough by itself; of a fault in a model the host gets all there is.
        const isForeseen = reason === "timed_out" || isAmusedError(error);
        guard.onError(
          isForeseen
            ? new AmusedError("unavailable", refusal.message, {})
            : new Error(refusal.message, { cause: error }),
        );
        if (restMs !== null) {
          const rest = `The ${name} is left alone for ${restMs / 1000} seconds: what it is asked for is done without it.`;
          guard.onError(new AmusedError("unavailable", rest, {}));
        }
        return refusal;
      };
      if (closed.aborted) {
        circuit.undecided();
        return refused("off", "is not asked any more: the system is closed.");
      }
      if (ended.signal.aborted) {
        return failed("timed_out", `did not answer within ${limits.timeout} ms.`, circuit.failed());
      }
      if (isAmusedError(error, "invalid_request")) {
        circuit.undecided();
        return failed("failed", `refused the question: ${error.message}`);
      }
      if (!isAmusedError(error, "unavailable")) {
        // What others write into their errors is not known: the host reads it in the error's cause.
        const message = isAmusedError(error) ? `does not work: ${error.message}` : "does not work.";
        return failed("failed", message, circuit.failed());
      }
      const told = (error.retryAfter ?? 0) * 1000;
      const pause = told || 250 * 2 ** attempt * (1 + guard.random());
      if (attempt >= limits.retries || pause >= limits.timeout) {
        return failed("failed", `is not available: ${error.message}`, circuit.failed(told));
      }
      await guard.wait(pause, ended.signal);
    }
  } finally {
    clearTimeout(timer);
    closed.removeEventListener("abort", end);
  }
}

/** One call, paid for by what it cost in the end. */
async function askOnce<T>(
  { counts }: Guard,
  { ask, tokens, countsAnswer }: Question<T>,
  charge: Charge,
  signal: AbortSignal,
): Promise<{ answer: unknown } | { error: unknown }> {
  let told = false;
  let counted = 0;
  const settle = (cost: number) => {
    charge.settle(cost);
    counts.tokens += cost - counted;
    counted = cost;
  };
  const used = (cost: number) => {
    if (!Number.isFinite(cost) || cost < 0) return;
    told = true;
    settle(Math.ceil(cost));
  };
  // A model may not look at the signal.
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  counts.calls++;
  try {
    const answer = await Promise.race([ask({ signal, used }), aborted.promise]);
    if (!told) settle(tokens.sent + (countsAnswer ? tokensOf(textOf(answer)) : 0));
    return { answer };
  } catch (error) {
    // One that took too long is paid for, most likely; one that was refused is not.
    if (!told) settle(signal.aborted ? tokens.sent : 0);
    return { error };
  } finally {
    signal.removeEventListener("abort", abort);
    aborted.promise.catch(() => {});
  }
}

function readOf<T>({ read }: Question<T>, answer: unknown): T | null {
  try {
    return read(answer);
  } catch {
    return null;
  }
}

function textOf(answer: unknown): string {
  try {
    return typeof answer === "string" ? answer : (JSON.stringify(answer) ?? "");
  } catch {
    return "";
  }
}
