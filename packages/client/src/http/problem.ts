import { AmusedError, type ErrorCode, errorStatus, isAmusedError } from "@amused/core/errors";

/** What went wrong on the way to a whole answer, as an error of ours; one that is ours already stays as it is. */
export function broken(request: string, cause?: unknown): AmusedError {
  if (isAmusedError(cause)) return cause;
  return new AmusedError("unavailable", `${request} got no whole answer.`, {}, { cause });
}

/** It was not even sent: a body that is not JSON, a header or URL that is none. */
export function notSent(cause: unknown): AmusedError {
  const message = String(cause);
  return new AmusedError("invalid_request", message, { errors: [{ path: "", message }] }, { cause });
}

/** A refusal as the error that core would throw; its cause is what the answer said, a problem or a proxy's own words. */
export async function refusal(request: string, response: Response): Promise<AmusedError> {
  const cause = await response.text();
  let said: Record<string, unknown> = {};
  try {
    said = { ...JSON.parse(cause) };
  } catch {
    // Then the status has to do.
  }
  const {
    type,
    title,
    status,
    code,
    detail = `${request} was answered ${response.status}.`,
    requestId,
    ...evidence
  } = said;
  const codes = Object.keys(errorStatus) as ErrorCode[];
  const ours =
    codes.find((one) => one === code) ??
    codes.find((one) => errorStatus[one] === response.status) ??
    "unavailable";
  const after = response.headers.get("retry-after");
  // It is in seconds, or the date when it ends.
  const seconds = Number(after) || Math.ceil((Date.parse(after ?? "") - Date.now()) / 1000);
  if (seconds > 0) evidence.retryAfter ??= seconds;
  if (ours === "invalid_request") evidence.errors ??= [{ path: "", message: detail }];
  return new AmusedError(ours, detail as string, evidence as never, {
    cause,
    requestId: (requestId ?? response.headers.get("x-request-id") ?? undefined) as string | undefined,
  });
}
