import { isAmusedError } from "@amused/core";

/** What the user can mend: told in one line, without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Runs a command; a refusal, and every error that says enough by itself, is one line on standard error and exit code 1. */
export async function orFail(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    console.error(lineOf(error));
  }
}

/** An error in one line. */
export function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return `amused: ${String(error)}`;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof Refusal || isAmusedError(error) || code !== undefined)
    return `amused: ${oneLine(messageOf(error))}`;
  // Nobody foresaw this one, so that the stack is the only help there is.
  return `amused: ${error.stack ?? error.message}`;
}

/** Several attempts at a connection fail as one error whose message is empty. */
export function messageOf(error: Error): string {
  if (error.message !== "") return error.message;
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  return first?.message ?? error.name;
}

/** A text that others made, so that it stays in its line and tells the terminal nothing. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, (run) => (/\p{Cc}/u.test(run) ? " " : run));
}
