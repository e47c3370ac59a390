import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSettings, settingNames, unknownSettings, unusedSettings } from "../src/cli/settings.ts";

const read = (env: Record<string, string>, flags = {}) => readSettings(flags, env);

describe("settings", () => {
  test("all have defaults that hold", () => {
    expect(read({})).toMatchObject({
      PORT: 3000,
      HOST: "127.0.0.1",
      AMUSED_DATA: "./amused-data",
      RATE_LIMIT: { limit: 600, windowMs: 60_000 },
      LOG_LEVEL: "info",
      AMUSED_HEARTBEAT: 15_000,
      AMUSED_DRAIN: 10_000,
      AMUSED_BODY_LIMIT: 1_048_576,
      AMUSED_CORS_ORIGINS: [],
      AMUSED_CURRENCY: "USD",
      AMUSED_RETENTION_DAYS: 30,
      AMUSED_RETENTION_EVENTS: 1_000_000,
      AMUSED_PRUNE_EVERY: 3_600_000,
      AMUSED_THREADS: 1,
      AMUSED_AUTH_FAILURES: { limit: 30, windowMs: 60_000 },
      AMUSED_TRUSTED_PROXIES: 0,
      AMUSED_IMPORTS_PER_SELLER: 2,
      AMUSED_REQUEST_TIMEOUT: 30_000,
      AMUSED_DATABASE_CONNECTIONS: 16,
      AMUSED_CONNECT_TIMEOUT: 5_000,
      AMUSED_STATEMENT_TIMEOUT: 8_000,
      AMUSED_BATCH_TIMEOUT: 120_000,
    });
  });

  test("an empty variable is not set, and a flag goes before its variable", () => {
    expect(read({ PORT: "", HOST: "0.0.0.0" }, { HOST: "::1" })).toMatchObject({ PORT: 3000, HOST: "::1" });
  });

  test.each<[string, string, unknown]>([
    ["RATE_LIMIT", "off", null],
    ["RATE_LIMIT", "10/s", { limit: 10, windowMs: 1_000 }],
    ["AMUSED_HEARTBEAT", "500ms", 500],
    ["AMUSED_IMPORT_LIMIT", "1.5gb", 1_610_612_736],
    ["AMUSED_RETENTION_DAYS", "7", 7],
    ["AMUSED_PRUNE_EVERY", "90s", 90_000],
    ["AMUSED_SELLER_RATE_LIMIT", "100/s", { limit: 100, windowMs: 1_000 }],
    ["AMUSED_AUTH_FAILURES", "off", null],
    ["AMUSED_TRUSTED_PROXIES", "2", 2],
    ["AMUSED_REQUEST_TIMEOUT", "5s", 5_000],
    ["AMUSED_STATEMENT_TIMEOUT", "1.5s", 1_500],
    ["AMUSED_DATABASE_CONNECTIONS", "3", 3],
    ["AMUSED_THREADS", "0", 0],
    ["AMUSED_THREADS", "64", 64],
    [
      "AMUSED_CORS_ORIGINS",
      "https://a.example, http://localhost:5173",
      ["https://a.example", "http://localhost:5173"],
    ],
  ])("%s=%s is read", (name, value, expected) => {
    expect(read({ [name]: value })[name as "PORT"]).toEqual(expected);
  });

  test.each<[string, string]>([
    ["PORT", "abc"],
    ["PORT", "70000"],
    ["DATABASE_URL", "mysql://x"],
    ["AMUSED_ADMIN_KEY", "short"],
    ["RATE_LIMIT", "600"],
    ["LOG_LEVEL", "loud"],
    ["AMUSED_HEARTBEAT", "15"],
    ["AMUSED_BODY_LIMIT", "0mb"],
    ["AMUSED_CORS_ORIGINS", "shop.example"],
    ["AMUSED_CURRENCY", "EURO"],
    ["AMUSED_RETENTION_DAYS", "0"],
    ["AMUSED_RETENTION_DAYS", "40000"],
    ["AMUSED_RETENTION_EVENTS", "1e6"],
    ["AMUSED_PRUNE_EVERY", "10ms"],
    ["AMUSED_PRUNE_EVERY", "25d"],
    ["AMUSED_METRICS_TOKEN", "x"],
    ["AMUSED_STATEMENT_TIMEOUT", "50ms"],
    ["AMUSED_BATCH_TIMEOUT", "2h"],
    ["AMUSED_DATABASE_CONNECTIONS", "2"],
    ["AMUSED_THREADS", "65"],
    ["AMUSED_THREADS", "-1"],
    ["AMUSED_THREADS", "1.5"],
  ])("%s=%s is refused in one line that names it", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} [^\n]+$`));
  });

  test("JWTs are accepted by three settings together, over https or from this machine", () => {
    const all = {
      AMUSED_JWKS_URL: "https://id.example/keys",
      AMUSED_JWT_ISSUER: "https://id.example",
      AMUSED_JWT_AUDIENCE: "amused",
    };
    expect(read(all)).toMatchObject(all);
    for (const name of Object.keys(all))
      expect(() => read({ ...all, [name]: "" })).toThrow(new RegExp(`^${name} must be set too`));
    for (const url of ["http://127.0.0.1:8080/keys", "http://localhost/keys", "http://[::1]/keys"])
      expect(read({ ...all, AMUSED_JWKS_URL: url })).toMatchObject({ AMUSED_JWKS_URL: url });
    for (const url of ["http://id.example/keys", "https://me:secret@id.example", "file:///keys", "keys"])
      expect(() => read({ ...all, AMUSED_JWKS_URL: url })).toThrow(
        /^AMUSED_JWKS_URL must be an https address/,
      );
  });

  test("a secret is not repeated", () => {
    expect(() => read({ AMUSED_ADMIN_KEY: "hunter2" })).not.toThrow(/hunter2/);
    expect(() => read({}, { PORT: "x" })).toThrow(/^--port must be/);
  });

  test("those that this version does nothing with are told", () => {
    expect(unusedSettings({ REDIS_URL: "redis://x", S3_BUCKET: "b", SMTP_URL: "", PATH: "/bin" })).toEqual([
      "REDIS_URL",
      "S3_BUCKET",
    ]);
  });

  test("variables that are no settings are told, with the one that was meant", () => {
    const env = { AMUSED_HEARBEAT: "1s", AMUSED_SOMETHING: "", AMUSED_KEY: "k", AMUSED_DATA: ".", HOME: "/" };
    expect(unknownSettings(env)).toEqual([
      "AMUSED_HEARBEAT (is AMUSED_HEARTBEAT meant?)",
      "AMUSED_SOMETHING",
    ]);
  });

  test("each has its line in docs/server.md, and nothing else has", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/server.md"), "utf8");
    const [, table = ""] = page.split("| variable | default | |");
    const listed = [...table.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...settingNames].sort());
  });
});
