import { expect, test } from "vitest";
import { adminKey, nodeHost, testApp, webHost } from "./support/app.ts";

const names = [
  "x-content-type-options",
  "content-security-policy",
  "cross-origin-resource-policy",
  "referrer-policy",
  "cache-control",
];

test.each([
  ["as an app", webHost],
  ["on Node", nodeHost],
])("every answer says that it is only what it is (%s)", async (_, host) => {
  const app = await testApp({ corsOrigins: ["https://shop.example"] }, host);
  const admin = { headers: { authorization: `Bearer ${adminKey}` } };
  const stop = new AbortController();
  const answers = [
    await app.ask("GET", "/v1/products"),
    await app.ask("POST", "/v1/products", { name: "Tea" }),
    await app.ask("POST", "/v1/products", { nmae: "Tea" }),
    await app.ask("DELETE", "/v1/products/1"),
    await app.ask("GET", "/v1/exports/products"),
    await app.raw("/v1/products"),
    await app.raw("/v1/products", { method: "OPTIONS" }),
    await app.raw("/v1/products", { method: "PROPFIND" }),
    await app.raw("/nowhere"),
    await app.raw("/v1/files/none.png"),
    await app.raw("/metrics", admin),
    await app.raw("/health/ready"),
    await app.raw("/openapi.json"),
    await app.raw("/"),
    await app.raw("/docs"),
    await app.raw("/v1/events/stream", {
      headers: { authorization: `Bearer ${app.key}` },
      signal: stop.signal,
    }),
  ];
  stop.abort();
  for (const { status, headers } of answers)
    expect([status, names.filter((name) => !headers.has(name))]).toEqual([status, []]);
});

test("what is a seller's own is kept by no cache between, and framed or embedded by nobody", async () => {
  const app = await testApp();
  const { headers } = await app.ask("GET", "/v1/products");
  expect(Object.fromEntries(headers)).toMatchObject({
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-cache",
  });
});

test("TLS is promised by whoever ends it, not by us", async () => {
  const app = await testApp();
  expect((await app.raw("/")).headers.has("strict-transport-security")).toBe(false);
});
