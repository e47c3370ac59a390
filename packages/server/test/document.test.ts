import { readFileSync } from "node:fs";
import { openApiDocument, routes } from "@amused/server";
import { beforeAll, describe, expect, test } from "vitest";
import { version } from "../src/version.ts";
import { adminKey, type TestApp, testApp } from "./support/app.ts";

const document = openApiDocument(routes) as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; responses: Record<string, unknown> };
};
interface Operation {
  operationId: string;
  security?: unknown[];
  responses: Record<string, unknown>;
  parameters?: { name: string; in: string; schema: Record<string, unknown> }[];
}

describe("the OpenAPI document", () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  test("is 3.1 and has every route but the pages, each under a name of its own", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(operations).toHaveLength(routes.filter(({ tag }) => tag !== "Pages").length);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  test("has no reference to something that is not there", () => {
    const text = JSON.stringify(document);
    for (const [, kind, name] of text.matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g))
      expect(document.components[kind as "schemas"]).toHaveProperty(name as string);
  });

  test("asks for a credential wherever the server does, and nowhere else", async () => {
    const app = await testApp();
    for (const { path, method, operation } of operations) {
      const open = operation.security !== undefined || path === "/metrics";
      const response = await app.raw(path.replace("{id}", "1").replace("{key}", "x"), {
        method: method.toUpperCase(),
      });
      if (path !== "/metrics") expect([path, method, response.status === 401]).toEqual([path, method, !open]);
    }
  });

  test("describes bodies by the very schemas that check them", () => {
    const text = JSON.stringify(document.paths["/v1/products"]?.post);
    for (const field of ["leadTimeDays", "attributes", "additionalProperties"]) expect(text).toContain(field);
    const limit = document.paths["/v1/products"]?.get?.parameters?.find(({ name }) => name === "limit");
    expect(limit?.schema).toMatchObject({ type: "integer", minimum: 1, maximum: 200, default: 50 });
  });

  test("is what the server gives out", async () => {
    const app = await testApp();
    const given = await app.raw("/openapi.json");
    expect(given.headers.get("content-type")).toBe("application/json");
    expect(await given.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe("pages", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ referenceScript: async () => new TextEncoder().encode("/* the library */") });
  });

  test("take nothing from elsewhere and run no script of their own", async () => {
    for (const path of ["/", "/docs"]) {
      const page = await app.raw(path);
      const html = await page.text();
      expect([path, page.status, page.headers.get("content-type")]).toEqual([
        path,
        200,
        "text/html; charset=utf-8",
      ]);
      expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
      expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
      expect(html).not.toMatch(/<script>/);
    }
  });

  test("the API reference's script comes from here, packed for who can unpack", async () => {
    const plain = await app.raw("/docs/reference.js");
    expect(await plain.text()).toMatch(/^\/\* the library \*\/[\s\S]*createApiReference/);
    const packed = await app.raw("/docs/reference.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const stream = (packed.body as ReadableStream).pipeThrough(new DecompressionStream("gzip"));
    expect(await new Response(stream).text()).toContain("the library");
  });

  test("without the library the reference is a plain list", async () => {
    const bare = await testApp();
    expect(await (await bare.raw("/docs")).text()).toContain("POST /v1/sales");
    expect((await bare.raw("/docs/reference.js")).status).toBe(404);
  });
});

describe("metrics", () => {
  test("are for an admin key or the metrics token", async () => {
    const app = await testApp({ metricsToken: "a-token-for-metrics" });
    await app.ask("GET", "/v1/products");
    for (const token of [adminKey, "a-token-for-metrics"]) {
      const response = await app.raw("/metrics", { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(text).toContain('amused_http_requests_total{method="GET",status="200"} ');
      expect(text).toContain("amused_event_gap_total 0\n");
    }
  });
});

describe("health", () => {
  test("is ready while the store answers, and degraded while it does not", async () => {
    const app = await testApp();
    const ready = await app.raw("/health/ready");
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ok" }]);
    app.amused.ready = () => Promise.reject(new Error("down"));
    const degraded = await app.raw("/health/ready");
    expect([degraded.status, await degraded.json()]).toEqual([
      503,
      { status: "degraded", checks: { store: "unavailable" } },
    ]);
  });
});

test("the version is the package's", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(version).toBe(manifest.version);
});
