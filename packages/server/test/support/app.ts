import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Amused, createAmused, memoryStore, type Scope } from "@amused/core";
import { type AppOptions, createApp } from "@amused/server";
import { createAdaptorServer } from "@hono/node-server";
import { onTestFinished } from "vitest";

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

/** An app that can be asked, with nothing listening. */
interface Askable {
  fetch(request: Request): Response | Promise<Response>;
  request(path: string, init?: RequestInit): Response | Promise<Response>;
}

/** Who carries an app's requests: nobody, so that bodies are web streams, or Node. */
export type Host = (app: Askable) => Promise<Pick<TestApp, "raw">> | Pick<TestApp, "raw">;

export const webHost: Host = (app) => ({ raw: async (path, init) => app.request(path, init) });

export const nodeHost: Host = async (app) => {
  const url = await served(app);
  return { raw: (path, init) => fetch(url + path, init) };
};

/** Serves an app as the command does, until the test ends; its address. */
export async function served(app: Pick<Askable, "fetch">): Promise<string> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The app over a store in memory. */
export async function testApp(options: AppOptions = {}, host: Host = webHost): Promise<TestApp> {
  const amused = await createAmused({ store: memoryStore() });
  const { raw } = await host(createApp(amused, { adminKey, ...options }));
  const keyOf: TestApp["keyOf"] = async (sellerId, scopes = ["read", "write"], expiresAt) =>
    (await amused.keys.create({ sellerId, scopes, ...(expiresAt && { expiresAt }) })).key;
  const key = await keyOf("acme");
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

/** A number from `/metrics`. */
export async function metric({ raw }: Pick<TestApp, "raw">, name: string): Promise<number> {
  const text = await (await raw("/metrics", { headers: { authorization: `Bearer ${adminKey}` } })).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
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
