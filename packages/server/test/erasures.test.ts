import type { Erasure } from "@amused/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { adminKey, problemOf, testApp } from "./support/app.ts";

// What is under way when the seller is shut is waited for: with timers of the test's, that takes no time.
beforeEach(() =>
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] }),
);
afterEach(() => vi.useRealTimers());

test("an administrator erases a seller: 202, then 200, and its keys and streams end at once", async () => {
  const { ask, raw, keyOf, amused } = await testApp();
  const admin = { headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" } };
  const erase = async () => {
    const answer = await raw("/v1/sellers/acme", { method: "DELETE", ...admin });
    return { status: answer.status, erasure: (await answer.json()) as Erasure };
  };
  await ask("POST", "/v1/products", { name: "Tea" });
  const bonsai = { headers: { authorization: `Bearer ${await keyOf("bonsai")}` } };
  expect((await raw("/v1/sellers/acme/erasure", admin)).status).toBe(404);
  const stream = await ask("GET", "/v1/events/stream?after=start");
  const streamed = stream.text();

  const begun = await erase();
  expect(begun.status).toBe(202);
  expect(begun.erasure).toMatchObject({ sellerId: "acme", state: "erasing", requestedBy: "admin" });
  expect(await streamed, "it ended").toContain("product.created");
  await vi.advanceTimersByTimeAsync(4_500);
  expect((await ask("GET", "/v1/products")).status).toBe(401);
  const write = await raw("/v1/products?sellerId=acme", { method: "POST", body: '{"name":"Cup"}', ...admin });
  expect(write.status).toBe(409);
  expect(await problemOf(write)).toMatchObject({ code: "conflict", state: "erasing" });
  expect((await raw("/v1/events/stream?sellerId=acme", admin)).status).toBe(409);
  expect((await erase()).status, "it goes on").toBe(202);

  await vi.advanceTimersByTimeAsync(20_000);
  const state = (await (await raw("/v1/sellers/acme/erasure", admin)).json()) as Erasure;
  expect(state).toMatchObject({ state: "erased", finishedAt: expect.any(String) });
  expect(await erase()).toEqual({ status: 200, erasure: state });
  expect(await (await raw("/v1/products?sellerId=acme", admin)).json()).toMatchObject({ items: [] });
  expect((await raw("/v1/audit", bonsai)).status, "another seller is as it was").toBe(200);
  await amused.close();
});

test("erasing needs an administrator", async () => {
  const { ask, raw, keyOf } = await testApp();
  for (const [method, path] of [
    ["DELETE", "/v1/sellers/acme"],
    ["GET", "/v1/sellers/acme/erasure"],
  ] as const) {
    expect((await ask(method, path)).status).toBe(403);
    const other = { authorization: `Bearer ${await keyOf("bonsai")}` };
    expect((await raw(path, { method, headers: other })).status).toBe(403);
    expect((await raw(path, { method })).status).toBe(401);
  }
});
