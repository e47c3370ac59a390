import { type Amused, createAmused, memoryStore, type Scope } from "@amused/core";
import { type AppOptions, createApp } from "@amused/server";

export const adminKey = "an-admin-key-of-at-least-32-characters";

export interface TestApp {
  amused: Amused;
  /** Asks as the seller `acme`, with JSON where the body is a value. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks with exactly these headers and this body. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  keyOf(sellerId: string, scopes?: Scope[], expiresAt?: string): Promise<string>;
  key: string;
}

/** The app over a store in memory, with nothing listening. */
export async function testApp(options: AppOptions = {}): Promise<TestApp> {
  const amused = await createAmused({ store: memoryStore() });
  const app = createApp(amused, { adminKey, ...options });
  const keyOf: TestApp["keyOf"] = async (sellerId, scopes = ["read", "write"], expiresAt) =>
    (await amused.keys.create({ sellerId, scopes, ...(expiresAt && { expiresAt }) })).key;
  const key = await keyOf("acme");
  const raw: TestApp["raw"] = async (path, init) => app.request(path, init);
  return {
    amused,
    key,
    keyOf,
    raw,
    ask: (method, path, body, headers = {}) =>
      raw(path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

/** The body of a refusal. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: { path: string; message: string }[];
  [evidence: string]: unknown;
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}
