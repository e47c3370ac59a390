import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What befalls one request. */
export type AiScript =
  /** An answer in the right form: what the model says, as text (a value is written as JSON). */
  | { kind: "says"; content: unknown }
  /** Vectors in the right form, whatever was asked. */
  | { kind: "vectors"; vectors: unknown[] }
  | { kind: "status"; status: number; retryAfter?: number; body?: string }
  /** A body as it stands, with status 200. */
  | { kind: "body"; body: string }
  /** Takes the request and never answers. */
  | { kind: "hang" }
  /** Cuts the connection, before an answer or in the midst of it. */
  | { kind: "cut"; after: "nothing" | "half" }
  /** A body of so many bytes that it does not end well. */
  | { kind: "huge"; bytes: number }
  /** A byte at a time, for ever. */
  | { kind: "drip" };

export interface AiRequest {
  path: string;
  authorization: string | undefined;
  body: {
    model?: string;
    input?: string[];
    messages?: { role: string; content: string }[];
    [field: string]: unknown;
  };
}

/** A server that speaks as OpenAI's API does, and misbehaves where it is told to. */
export interface OpenAiServer {
  /** `http://127.0.0.1:<port>/v1` */
  readonly url: string;
  readonly requests: readonly AiRequest[];
  /** How often each kind of script was played, and begun to be: a hanging answer counts when it hangs. */
  readonly played: Readonly<Record<AiScript["kind"], number>>;
  /** How many requests were left by their sender before they were answered. */
  readonly left: number;
  /** The scripts of the next requests, one each; after them, or with none, every request is answered well. */
  next(...scripts: AiScript[]): void;
  /** The script of every request from now on; `null` is good answers. */
  always(script: AiScript | null): void;
  close(): Promise<void>;
}

const usage = { prompt_tokens: 12, completion_tokens: 8, total_tokens: 20 };

/**
 * Listens on a free port of 127.0.0.1. Its good answers are a description made of the question's length, and vectors that
 * follow from the letters of the texts; each says that it cost 20 tokens (12 for vectors).
 *
 * @example
 * const ai = await openAiServer();
 * ai.next({ kind: "status", status: 429, retryAfter: 1 }, { kind: "hang" });
 * const models = await openaiCompatibleModels({ baseUrl: ai.url, languageModel: "small" });
 */
export async function openAiServer(): Promise<OpenAiServer> {
  const requests: AiRequest[] = [];
  const played = { says: 0, vectors: 0, status: 0, body: 0, hang: 0, cut: 0, huge: 0, drip: 0 };
  let scripts: AiScript[] = [];
  let usual: AiScript | null = null;
  let left = 0;

  const server = createServer(async (request, response) => {
    response.on("close", () => {
      if (!response.writableEnded) left++;
    });
    // Whoever sends may leave at any moment, and is to.
    response.on("error", () => {});
    try {
      const asked = await read(request);
      requests.push(asked);
      const script = scripts.shift() ?? usual ?? good(asked);
      played[script.kind]++;
      play(script, asked, response);
    } catch {
      response.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    played,
    get left() {
      return left;
    },
    next: (...more) => void scripts.push(...more),
    always(script) {
      scripts = [];
      usual = script;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function read(request: IncomingMessage): Promise<AiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    path: request.url ?? "",
    authorization: request.headers.authorization,
    body: JSON.parse(Buffer.concat(chunks).toString()) as AiRequest["body"],
  };
}

function good({ path, body }: AiRequest): AiScript {
  if (path.endsWith("/embeddings")) return { kind: "vectors", vectors: (body.input ?? []).map(vectorOf) };
  const length = body.messages?.at(-1)?.content.length ?? 0;
  return { kind: "says", content: { description: `A good thing, asked for in ${length} characters.` } };
}

/** How often each of 16 groups of letters comes in a text, and a last number that is never zero. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(17).fill(0);
  for (const letter of text.toLowerCase()) {
    const group = (letter.codePointAt(0) as number) % 16;
    vector[group] = (vector[group] as number) + 1;
  }
  vector[16] = 1;
  return vector;
}

function play(script: AiScript, { body }: AiRequest, response: ServerResponse): void {
  const model = body.model ?? "";
  switch (script.kind) {
    case "says":
      send(response, 200, chatAnswer(model, script.content));
      break;
    case "vectors": {
      const data = script.vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
      send(
        response,
        200,
        JSON.stringify({ object: "list", data, model, usage: { prompt_tokens: 12, total_tokens: 12 } }),
      );
      break;
    }
    case "status": {
      if (script.retryAfter !== undefined) response.setHeader("retry-after", String(script.retryAfter));
      send(response, script.status, script.body ?? '{"error":{"message":"No.","type":"test","code":null}}');
      break;
    }
    case "body":
      send(response, 200, script.body);
      break;
    case "hang":
      break;
    case "cut": {
      if (script.after === "nothing") {
        response.destroy();
        break;
      }
      const text = chatAnswer(model, "half");
      response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      break;
    }
    case "huge": {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"id":"');
      pour(response, script.bytes);
      break;
    }
    case "drip": {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(timer));
      break;
    }
  }
}

function chatAnswer(model: string, content: unknown): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const message = { role: "assistant", content: text };
  return JSON.stringify({
    id: "1",
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage,
  });
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body);
}

/** Writes as fast as it is taken. */
function pour(response: ServerResponse, bytes: number): void {
  const piece = Buffer.alloc(64 * 1024, "x");
  let rest = bytes;
  const more = () => {
    while (rest > 0 && !response.destroyed) {
      rest -= piece.length;
      if (response.write(piece)) continue;
      response.once("drain", more);
      return;
    }
    response.end('"}');
  };
  more();
}
