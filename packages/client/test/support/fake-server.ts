import { type ClientOptions, createClient } from "../../src/index.ts";

/** What came in: the request, with its body read. */
export interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  body: string;
}

export type Answer = Response | Error | ((request: Request) => Response | Promise<Response>);

/** A server that answers with these in turn, the last of them for ever, and keeps what it was sent. */
export function fakeServer(...answers: Answer[]) {
  const sent: Sent[] = [];
  return {
    sent,
    async fetch(request: Request): Promise<Response> {
      const { method, url, headers } = request;
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      const one: Sent = { method, url: new URL(url), headers, body: "" };
      sent.push(one);
      if (typeof answer === "function") return answer(request);
      one.body = await request.text();
      if (answer instanceof Error) throw answer;
      return (answer as Response).clone();
    },
  };
}

/** A client of such a server. */
export function clientOf(
  server: { fetch: NonNullable<ClientOptions["fetch"]> },
  options: Partial<ClientOptions> = {},
) {
  return createClient({
    baseUrl: "https://amused.test",
    apiKey: "secret-key",
    fetch: server.fetch,
    ...options,
  });
}

export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

export function problem(status: number, body: object, headers: Record<string, string> = {}): Response {
  return json(
    { type: "urn:x", title: "T", status, ...body },
    { "content-type": "application/problem+json", ...headers },
    status,
  );
}

export const page = (items: unknown[], nextCursor: string | null = null, asOf = "e.9") =>
  json({ items, nextCursor }, { "amused-cursor": asOf });
export const tea = { id: 7, name: "Green tea" };

/** What an awaited promise is rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It was not rejected.");
}
