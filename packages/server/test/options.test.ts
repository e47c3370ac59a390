import { createAmused, memoryStore } from "@amused/core";
import { type AppOptions, createApp, memoryRateLimiter } from "@amused/server";
import { Hono } from "hono";
import { beforeAll, describe, expect, test } from "vitest";
import { adminKey, problemOf } from "./support/app.ts";

let amused: Awaited<ReturnType<typeof createAmused>>;
beforeAll(async () => {
  amused = await createAmused({ store: memoryStore() });
});

describe("options of the app", () => {
  test.each<[string, unknown]>([
    ["streamTokenSecret", "x"],
    ["streamTokenSecret", ""],
    ["adminKey", "short"],
    ["metricsToken", "x"],
    ["heartbeat", 0],
    ["heartbeat", -1],
    ["heartbeat", Number.NaN],
    ["streams", 0],
    ["streamsPerKey", 1.5],
    ["bodyLimit", -1],
    ["imageLimit", "1mb"],
    ["corsOrigins", ["nope"]],
    ["corsOrigin", ["https://shop.example"]],
    ["rateLimit", { limit: 0, windowMs: 1_000 }],
    ["rateLimit", "600/min"],
    ["rateLimit", { limit: 1, windowMs: 1_500 }],
    ["sellerRateLimit", { limit: 0, windowMs: 1_000 }],
    ["authFailures", "on"],
    ["trustedProxies", 11],
    ["trustedProxies", true],
    ["rateLimiter", () => {}],
    ["importsPerSeller", 0],
    ["requestTimeout", 1],
    ["basePath", "shop"],
    ["basePath", "/shop/"],
    ["basePath", "/"],
    ["authorize", true],
    ["jwt", { jwksUrl: "https://id.example/keys", issuer: "https://id.example" }],
    ["jwt", { jwksUrl: "http://id.example/keys", issuer: "https://id.example", audience: "amused" }],
    ["logger", { info() {} }],
    ["drain", new AbortController()],
  ])("%s: %j is refused, and named", (name, value) => {
    let refusal: unknown;
    try {
      createApp(amused, { [name]: value } as AppOptions);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: "invalid_request", message: expect.stringContaining(name) });
  });

  test("JWTs beside the host's own word are refused", () => {
    const jwt = { jwksUrl: "http://localhost:9/keys", issuer: "https://id.example", audience: "amused" };
    createApp(amused, { jwt });
    expect(() => createApp(amused, { jwt, authorize: () => null })).toThrow(
      /jwt: does not go with authorize/,
    );
  });

  test("good ones are taken", () => {
    createApp(amused, {
      authorize: () => null,
      adminKey,
      streamTokenSecret: "a-secret-of-at-least-32-characters",
      metricsToken: "a-token-for-metrics",
      heartbeat: 100,
      streams: 1,
      corsOrigins: ["*", "https://shop.example"],
      rateLimit: { limit: 1, windowMs: 1_000 },
      sellerRateLimit: { limit: 2, windowMs: 3_600_000 },
      authFailures: "off",
      trustedProxies: 1,
      rateLimiter: memoryRateLimiter(),
      imports: 1,
      requestTimeout: 1_000,
      basePath: "/a/b-c",
      drain: new AbortController().signal,
      logger: console,
    });
  });
});

describe("an app under a path", () => {
  const mounted = (how: "route" | "mount") => {
    const app = createApp(amused, { adminKey, basePath: "/shop" });
    return how === "route" ? new Hono().route("/shop", app) : new Hono().mount("/shop", app.fetch);
  };

  test.each(["route", "mount"] as const)(
    "says where things are by the path of the host (.%s)",
    async (how) => {
      const host = mounted(how);
      const headers = { authorization: `Bearer ${adminKey}`, "content-type": "application/json" };
      const made = await host.request("/shop/v1/products?sellerId=acme", {
        ...{ method: "POST", headers, body: '{"name":"Tea"}' },
      });
      const location = made.headers.get("location") as string;
      expect(location).toMatch(/^\/shop\/v1\/products\/\d+$/);
      expect((await host.request(`${location}?sellerId=acme`, { headers })).status).toBe(200);

      const document = (await (await host.request("/shop/openapi.json")).json()) as {
        servers: { url: string }[];
      };
      expect(document.servers.map(({ url }) => url)).toEqual(["/shop"]);

      const home = await (await host.request("/shop")).text();
      const links = [...home.matchAll(/<a href="([^"]+)"/g)].map(([, to]) => to as string);
      expect(links).toHaveLength(4);
      for (const to of links)
        expect([to, (await host.request(new URL(to, "http://host/shop").pathname)).status]).toEqual([
          to,
          200,
        ]);
    },
  );

  test("what it does not have is refused there as elsewhere", async () => {
    const refused = await mounted("mount").request("/shop/v1/nothing");
    expect([refused.status, (await problemOf(refused)).code]).toEqual([404, "not_found"]);
  });
});
