import type { AuditEntry } from "@amused/core";
import { expect, test } from "vitest";
import { adminKey, problemOf, testApp } from "./support/app.ts";

async function auditOf(response: Response): Promise<AuditEntry[]> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: AuditEntry[] }).items;
}

test("the audit tells which key did what by which request", async () => {
  const { ask, raw, amused } = await testApp();
  await ask("POST", "/v1/products", { name: "Tea" }, { "x-request-id": "req-1" });
  const made = await ask("POST", "/v1/products", { name: "Cup" });
  const admin = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  await raw("/v1/products?sellerId=acme", { method: "POST", headers: admin, body: '{"name":"Pot"}' });
  await amused.seller("acme", { actor: "user:7", requestId: "job-9" }).products.create({ name: "Jar" });
  const [first] = (await amused.keys.list({ sellerId: "acme" })).items;
  const items = await auditOf(await ask("GET", "/v1/audit?types=product.*"));
  expect(items.map(({ actor, keyId, requestId }) => [actor, keyId, requestId])).toEqual([
    ["user:7", null, "job-9"],
    ["admin", null, expect.stringMatching(/^[0-9a-f-]{36}$/)],
    [`key:${first?.id}`, first?.id, made.headers.get("x-request-id")],
    [`key:${first?.id}`, first?.id, "req-1"],
  ]);
  const ofHost = await auditOf(await ask("GET", "/v1/audit?actor=user:7"));
  expect(ofHost.map(({ seq }) => seq)).toEqual([items[0]?.seq]);
});

test("the audit needs write, as a list and as a file, and tells a seller nothing of another", async () => {
  const { ask, raw, keyOf } = await testApp();
  await ask("POST", "/v1/products", { name: "Tea" });
  const reader = { authorization: `Bearer ${await keyOf("acme", ["read"])}` };
  for (const path of ["/v1/audit", "/v1/exports/audit"]) {
    const refused = await raw(path, { headers: reader });
    expect([refused.status, (await problemOf(refused)).scope]).toEqual([403, "write"]);
    expect((await raw(path)).status).toBe(401);
  }
  const other = { authorization: `Bearer ${await keyOf("bonsai")}` };
  const items = await auditOf(await raw("/v1/audit", { headers: other }));
  expect(items.map(({ type, sellerId }) => [type, sellerId])).toEqual([["keys.created", "bonsai"]]);
  expect(await (await raw("/v1/exports/audit", { headers: other })).text()).not.toContain("Tea");
});

test("a request's id can smuggle nothing into the log", async () => {
  const { ask } = await testApp();
  const smuggled = ["x".repeat(129), "a b", "=1+1", "@SUM", "ä", "{}", '"', "a\tb", "%0aid"];
  for (const id of smuggled) {
    const answer = await ask("POST", "/v1/products", { name: "Tea" }, { "x-request-id": id });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  }
  const text = await (await ask("GET", "/v1/exports/audit", undefined, { accept: "text/csv" })).text();
  const ids = text.split("\r\n").flatMap((line) => /,key:\d+,\d+,([^,]*),/.exec(line)?.[1] ?? []);
  expect(ids).toHaveLength(smuggled.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

test("the log holds no secret and no address of whoever called", async () => {
  const { ask, raw, amused, key } = await testApp();
  const secret = "5ecret-";
  const address = "203.0.113.77";
  const headers = {
    "x-forwarded-for": address,
    forwarded: `for=${address}`,
    "user-agent": `${secret}agent`,
    cookie: `session=${secret}cookie`,
    referer: `https://${secret}host.example/`,
  };
  const withKey = (n: number) => ({ ...headers, "idempotency-key": `${secret}key-${n}` });
  const tea = await ask("POST", "/v1/products", { name: "Tea", quantity: 9 }, withKey(1));
  const { id } = (await tea.json()) as { id: number };
  await ask("PATCH", `/v1/products/${id}`, { reorderPoint: 2 }, withKey(2));
  await ask("POST", "/v1/sales", { lines: [{ productId: id, quantity: 1 }] }, withKey(3));
  await ask("POST", "/v1/imports/products", undefined, { ...withKey(4), "content-type": "text/csv" });
  const token = (await (await ask("POST", "/v1/stream-tokens", {}, headers)).json()) as { token: string };
  const admin = { ...withKey(5), authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ sellerId: "acme", name: "till" });
  const made = (await (await raw("/v1/keys", { method: "POST", headers: admin, body })).json()) as {
    id: number;
    key: string;
  };
  await raw("/v1/products?sellerId=acme", { method: "POST", headers: admin, body: '{"name":"Cup"}' });
  await raw(`/v1/keys/${made.id}`, { method: "DELETE", headers: { ...admin, "idempotency-key": "6" } });
  const stream = new AbortController();
  await raw(`/v1/events/stream?token=${token.token}`, { headers, signal: stream.signal });
  stream.abort();

  const log = await new Response(amused.seller("acme").audit.export({ format: "ndjson" })).text();
  expect(log.split("\n").length).toBeGreaterThan(6);
  expect(log).toContain("keys.revoked");
  expect(token.token).toMatch(/^ams_/);
  for (const unsaid of [key, made.key, token.token, adminKey, secret, address, "Bearer"])
    expect(log).not.toContain(unsaid);
});
