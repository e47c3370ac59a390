import type { CustomEvents, Page, PageBody } from "@amused/core";
import { isAmusedError } from "@amused/core/errors";
import ky from "ky";
import { furtherCursor } from "../cursor.ts";
import type { ClientOptions } from "../options.ts";
import { holdCredential } from "./credential.ts";
import { broken, notSent, refusal } from "./problem.ts";

/** One request, whatever it is for. */
export interface Call {
  query?: object | undefined;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string | undefined>;
  signal?: AbortSignal | undefined;
  /** The caller's key of a write; one is made where there is none. */
  idempotencyKey?: string;
  ifVersion?: number;
  /** Where these two are not as the client's settings say. */
  timeout?: number | false;
  retry?: number;
}

/** The requests of one client: its credential, its seller, and what it has seen of the log. */
export interface Http {
  /** The answer's JSON; `undefined` where it has no body. */
  send<T>(method: string, path: string, call?: Call): Promise<T>;
  /** One page of a list, with the cursor that stands in the answer's header. */
  page<T>(path: string, call?: Call): Promise<Page<T>>;
  /** The answer as soon as it begins, for what is read as it comes. */
  open(path: string, call: Call): Promise<Response>;
  /** What the requests are sent with. */
  credential(): Promise<string | undefined>;
  /** Later reads are to know what this cursor names. */
  saw(cursor: string): void;
}

/** What is about the moment: the same request may be answered otherwise a little later. */
const passing = ["unavailable", "rate_limited", "idempotency_in_flight"];

export function createHttp<Custom extends CustomEvents>(options: ClientOptions<Custom>): Http {
  const { seller: sellerId, fetch = (request) => globalThis.fetch(request) } = options;
  let base = String(options.baseUrl);
  while (base.endsWith("/")) base = base.slice(0, -1);
  const root = `${base}/v1`;
  const credential = holdCredential(options.apiKey ?? options.token);
  let seen: string | undefined;

  const saw = (cursor: string) => {
    seen = furtherCursor(seen ?? cursor, cursor);
  };

  /** Sends and reads; `take` is handed what was answered well. */
  async function request<T>(
    method: string,
    path: string,
    call: Call,
    take: (response: Response) => T | Promise<T>,
  ): Promise<T> {
    const { query, signal, body, json, ifVersion } = call;
    const name = `${method} ${path}`;
    const reads = method === "GET";
    // A stream is gone once it was sent, so that nothing is a reason to send it again.
    const once = body instanceof ReadableStream;
    const limit = call.retry ?? options.retry ?? 3;
    let held: Promise<string | undefined>;
    let renewed = 0;
    let pause: number;
    let taken: T;

    /** Waits as long as it was told, or for a random time; 401 is another chance for another credential, once. */
    function shouldRetry({ error, retryCount }: { error: Error; retryCount: number }): boolean {
      pause = 0;
      if (isAmusedError(error, "unauthenticated")) return credential.renew(held) && renewed++ === 0;
      const seconds = (isAmusedError(error) && "retryAfter" in error && error.retryAfter) || 0;
      pause = seconds * 1000 || Math.random() * 300 * 2 ** (retryCount - renewed);
      const again = isAmusedError(error) ? passing.includes(error.code) : error.name === "TimeoutError";
      return again && seconds <= 60 && retryCount - renewed <= limit;
    }

    try {
      // As JSON has them: by themselves dates would be written in words.
      const searchParams = JSON.parse(JSON.stringify({ ...query, sellerId }));
      const init = { method, searchParams, body, json, signal };
      await ky(root + path, {
        ...(init as object),
        headers: {
          ...call.headers,
          ...(reads
            ? { "amused-cursor": seen }
            : {
                // The same for all attempts, so that a write has one effect however often it is sent. Not randomUUID():
                // pages that came over plain HTTP do not have it.
                "idempotency-key":
                  call.idempotencyKey ?? crypto.getRandomValues(new Uint32Array(4)).join("-"),
              }),
          "if-match": ifVersion === undefined ? undefined : `"${ifVersion}"`,
        },
        timeout: call.timeout ?? options.timeout ?? 30_000,
        retry: {
          limit: once ? 0 : limit + 1,
          methods: ["get", "post", "put", "patch", "delete"],
          shouldRetry,
          delay: () => pause,
        },
        // Answers are read in here, so that one which breaks off is tried again like one that never came.
        async fetch(input) {
          const request = input as Request;
          held = credential.get();
          // Neither whoever hands out credentials nor an app in the same process looks at the signal.
          await new Promise<unknown>((settle) => {
            signal?.addEventListener("abort", settle);
            void held.then(settle, settle).then(() => signal?.removeEventListener("abort", settle));
          });
          signal?.throwIfAborted();
          const bearer = await held;
          try {
            if (bearer) request.headers.set("authorization", `Bearer ${bearer}`);
          } catch {
            // What the platform says of it quotes it.
            throw notSent("The credential is not fit for a header.");
          }
          try {
            const response = await fetch(request);
            if (!response.ok) throw await refusal(name, response);
            taken = await take(response);
            const cursor = response.headers.get("amused-cursor");
            if (!reads && cursor) saw(cursor);
            return response;
          } catch (error) {
            throw broken(name, error);
          }
        },
      });
      // ky came back, so that an answer was taken.
      return taken!;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      // Nothing of ky's own errors is kept: they hold the request, and with it the credential, for somebody's log.
      if (isAmusedError(error)) throw error;
      throw (error as Error).name === "TimeoutError" ? broken(name) : notSent(error);
    }
  }

  return {
    send: (method, path, call = {}) =>
      request(method, path, call, async (response) => {
        const text = await response.text();
        return text ? JSON.parse(text) : undefined;
      }),
    page: <T>(path: string, call: Call = {}) =>
      request("GET", path, call, async (response) => ({
        ...((await response.json()) as PageBody<T>),
        // Where it is missing, somebody on the way took it off; then there is no going on from here, and `""` is refused.
        asOf: response.headers.get("amused-cursor") ?? "",
      })),
    open: (path, call) => request("GET", path, call, (response) => response),
    credential: credential.get,
    saw,
  };
}
