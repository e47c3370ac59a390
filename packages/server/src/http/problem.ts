import { type AmusedError, isAmusedError } from "@amused/core";
import type { Reply } from "./reply.ts";
import { errorTitles } from "./titles.ts";

/** An error as RFC 9457 says it: the code, what happened in words, and the evidence as members. */
export function problemReply(error: AmusedError, requestId: string): Reply {
  const { code, status, message, evidence } = error;
  const title = errorTitles[code];
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if ("retryAfter" in evidence && typeof evidence.retryAfter === "number")
    headers["retry-after"] = String(Math.max(1, Math.ceil(evidence.retryAfter)));
  if ("allow" in evidence) headers.allow = evidence.allow.join(", ");
  if (code === "unauthenticated") headers["www-authenticate"] = 'Bearer realm="amused"';
  if (code === "precondition_failed" && "version" in evidence) headers.etag = `"${evidence.version}"`;
  const type = `urn:amused:problem:${code}`;
  const body = JSON.stringify({ ...evidence, type, title, status, code, detail: message, requestId });
  return { status, headers, body };
}

/** What nobody foresaw: says nothing but the id under which it stands in the log. */
export function internalReply(requestId: string): Reply {
  const detail = "Something failed on our side; the log has it under the request id.";
  const type = "urn:amused:problem:internal";
  const body = { type, title: errorTitles.internal, status: 500, code: "internal", detail, requestId };
  return { status: 500, headers: { "content-type": "application/problem+json" }, body: JSON.stringify(body) };
}

/** Tells the errors that are answers from those that are faults of ours. */
export function isAnswer(error: unknown): error is AmusedError {
  return isAmusedError(error) && error.code !== "internal";
}
