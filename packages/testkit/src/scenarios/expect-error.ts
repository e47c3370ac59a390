import { type ErrorCode, type ErrorEvidence, isAmusedError } from "@amused/core/errors";
import { expect } from "vitest";

/** Expects the call to be refused with this code, and this evidence where it is given. */
export async function expectError<Code extends ErrorCode>(
  call: PromiseLike<unknown>,
  code: Code,
  evidence: Partial<ErrorEvidence[Code]> = {},
): Promise<void> {
  let caught: unknown;
  try {
    await call;
  } catch (error) {
    caught = error;
  }
  expect(isAmusedError(caught), `expected an AmusedError ${code}, got ${String(caught)}`).toBe(true);
  expect(caught).toMatchObject({ code, ...evidence });
}

/** Expects a refusal for validation, with faults at exactly these paths. */
export async function expectFaults(call: PromiseLike<unknown>, paths: string[]): Promise<void> {
  const caught = await Promise.resolve(call).then(
    () => null,
    (error: unknown) => error,
  );
  expect(isAmusedError(caught, "invalid_request"), `expected invalid_request, got ${String(caught)}`).toBe(
    true,
  );
  if (isAmusedError(caught, "invalid_request"))
    expect(caught.errors.map(({ path }) => path).sort()).toEqual([...paths].sort());
}
