import { AmusedError, invalidRequest } from "@amused/core";

/** Of the AI SDK's APICallError what is needed; nothing else of it is kept, since it holds the request and the whole answer. */
interface CallFailure {
  statusCode?: number;
  isRetryable?: boolean;
  responseHeaders?: Record<string, string>;
}

/** What an error of a provider means to whoever asked, in words that hold nothing of what was sent. */
export function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof AmusedError) return error;
  const { statusCode: status, isRetryable, responseHeaders = {} } = (error ?? {}) as CallFailure;
  if (status === 401 || status === 403)
    return new AmusedError("unauthenticated", `the provider refuses the key (HTTP ${status}).`, {});
  if (refusesRequest(error))
    return invalidRequest([{ path: "", message: `the provider refuses the request (HTTP ${status}).` }]);
  if (isRetryable === true || (status !== undefined && status >= 500)) {
    const said =
      status === undefined
        ? "there is no connection to the provider."
        : `the provider answers HTTP ${status}.`;
    const retryAfter = secondsOf(responseHeaders);
    return new AmusedError("unavailable", said, retryAfter === null ? {} : { retryAfter });
  }
  if (status !== undefined && status >= 400)
    return new AmusedError("internal", `the provider answers HTTP ${status}.`, {});
  const name = error instanceof Error ? error.name : "something that is no error";
  return new AmusedError("internal", `the provider's answer can not be read (${name}).`, {});
}

/** It is this request that it does not like, and not us: too long, of a form that it does not know, or against its rules. */
export function refusesRequest(error: unknown): boolean {
  const { statusCode } = (error ?? {}) as CallFailure;
  return statusCode === 400 || statusCode === 413 || statusCode === 422;
}

/** When to come again: in seconds, or at a time. */
function secondsOf(headers: Record<string, string>): number | null {
  const ms = Number(headers["retry-after-ms"]);
  if (headers["retry-after-ms"] !== undefined && ms >= 0) return ms / 1000;
  const text = headers["retry-after"];
  if (text === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
