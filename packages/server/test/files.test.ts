import { Readable } from "node:stream";
import { beforeEach, expect, test } from "vitest";
import { type TestApp, testApp } from "./support/app.ts";

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});

const send = (path: string, body: BodyInit, type: string, method = "POST") =>
  app.raw(path, {
    method,
    headers: { authorization: `Bearer ${app.key}`, "content-type": type },
    body,
    ...({ duplex: "half" } as object),
  });

test("what is exported imports again unchanged, as CSV and as NDJSON", async () => {
  const csv =
    'sku,name,price,currency,quantity,attributes.size\nT-1,"Tea, green",4.90,EUR,40,L\nC-1,Coffee,9.00,EUR,0,\n';
  expect(await (await send("/v1/imports/products", csv, "text/csv")).json()).toMatchObject({
    created: 2,
    failed: 0,
  });
  for (const [accept, type] of [
    ["text/csv", "text/csv"],
    ["application/x-ndjson", "application/x-ndjson"],
  ] as const) {
    const exported = await app.ask("GET", "/v1/exports/products", undefined, { accept });
    expect(exported.headers.get("content-type")).toContain(type);
    expect(exported.headers.get("content-disposition")).toContain("attachment");
    const again = await send("/v1/imports/products", await exported.text(), type);
    expect(await again.json()).toMatchObject({ created: 0, updated: 0, skipped: 2, failed: 0 });
  }
});

test("a dry run says what would happen and writes nothing", async () => {
  const response = await send(
    "/v1/imports/products?dryRun=true",
    "sku,name\nT-1,Tea\n",
    "text/csv; charset=utf-8",
  );
  expect(await response.json()).toMatchObject({ created: 1 });
  expect((await app.amused.seller("acme").products.list()).items).toEqual([]);
});

test("an import is read as it comes, in pieces that fit nothing", async () => {
  const text = new TextEncoder().encode(
    `sku,name\n${Array.from({ length: 300 }, (_, n) => `S-${n},Näme ${n}\n`).join("")}`,
  );
  const pieces = Readable.toWeb(
    Readable.from(
      (function* () {
        for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
      })(),
    ),
  );
  expect(
    await (await send("/v1/imports/products", pieces as unknown as BodyInit, "text/csv")).json(),
  ).toMatchObject({ created: 300 });
});

test("a file that says it is not in UTF-8 is refused", async () => {
  for (const type of ["text/csv; charset=iso-8859-1", "application/x-ndjson;charset=utf-16"])
    expect((await send("/v1/imports/products", "sku,name\nT-1,Tea\n", type)).status).toBe(415);
  const quoted = await send("/v1/imports/products", "sku,name\nT-1,Tea\n", 'text/csv; charset="UTF-8"');
  expect(quoted.status).toBe(200);
});

test("sales are imported as history and exported", async () => {
  await app.amused.seller("acme").products.create({ sku: "T-1", name: "Tea", quantity: 5 });
  const csv =
    "sku,quantity,price,soldAt,orderId\nT-1,2,4.90,2026-01-01T10:00:00Z,o-1\nT-1,-1,4.90,2026-01-02T10:00:00Z,o-2\n";
  for (const outcome of [{ created: 2 }, { created: 0, skipped: 2 }])
    expect(await (await send("/v1/imports/sales", csv, "text/csv")).json()).toMatchObject(outcome);
  expect(await (await app.ask("GET", "/v1/exports/sales")).text()).toContain("o-1");
});

test("an export that nobody takes is 406, a caller's own order of types is kept", async () => {
  expect((await app.ask("GET", "/v1/exports/products", undefined, { accept: "text/html" })).status).toBe(406);
  const accept = "text/csv;q=0.2, application/x-ndjson";
  const response = await app.ask("GET", "/v1/exports/products", undefined, { accept });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
});

test("an image is set, shown publicly under a name that never changes, and can run nothing", async () => {
  const { id } = await app.amused.seller("acme").products.create({ name: "Tea" });
  const png = Uint8Array.from(
    atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
    (character) => character.charCodeAt(0),
  );
  const set = await send(`/v1/products/${id}/image`, png, "application/octet-stream", "PUT");
  const { imageUrl, version } = (await set.json()) as { imageUrl: string; version: number };
  expect([set.status, version]).toEqual([200, 2]);
  const shown = await app.raw(imageUrl);
  expect(new Uint8Array(await shown.arrayBuffer())).toEqual(png);
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    "content-type": "image/png",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
  });
  const etag = shown.headers.get("etag") as string;
  expect((await app.raw(imageUrl, { headers: { "if-none-match": etag } })).status).toBe(304);
  const missing = await app.raw(`/v1/files/${"0".repeat(64)}.png`);
  expect([missing.status, missing.headers.get("cache-control")]).toEqual([404, "private, no-cache"]);
});
