import type { Answer } from "@amused/core";

/** What a handler answers: made into a `Response` once, with plain headers, which hosts on Node write without copying. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
}

/** The body of a service's answer as it is: the text that the store made is passed on, never parsed again. */
export function answerReply(answer: Answer<unknown>, status = 200): Reply {
  return {
    status,
    headers: answerHeaders(answer, { "content-type": "application/json" }),
    body: answer.body.text,
  };
}

/** 201, with the address of what was made. The id comes first in the text; only a store that writes it elsewhere costs a parse. */
export function createdReply(answer: Answer<{ id: number }>, address: (id: string) => string): Reply {
  const reply = answerReply(answer, 201);
  const id = /^\{"id": ?(\d+)[,}]/.exec(answer.body.text)?.[1] ?? answer.body.value.id;
  reply.headers.location = address(String(id));
  return reply;
}

/** 204, with what the answer says beside its body. */
export function emptyReply(answer: Answer<unknown>): Reply {
  return { status: 204, headers: answerHeaders(answer, {}), body: null };
}

/** A value of the server's own as JSON. */
export function jsonReply(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

function answerHeaders(answer: Answer<unknown>, headers: Record<string, string>): Record<string, string> {
  if (answer.cursor !== null) headers["amused-cursor"] = answer.cursor;
  if (answer.revision !== null) headers.etag = `"${answer.revision}"`;
  if (answer.replayed) headers["idempotency-replayed"] = "true";
  return headers;
}
