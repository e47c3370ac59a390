import { currencySchema } from "@amused/core";
import { z } from "zod";
import {
  adminKeySchema,
  heartbeatSchema,
  jwksUrlSchema,
  metricsTokenSchema,
  originSchema,
  proxiesSchema,
  streamSecretSchema,
  timeoutSchema,
} from "../rules.ts";
import { durationSchema } from "../units/duration.ts";
import { rateSchema } from "../units/rate.ts";
import { sizeSchema } from "../units/size.ts";
import { Refusal } from "./fail.ts";
import { nearest } from "./nearest.ts";

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a whole number from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a whole number from 0 to 65535");

const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "must be a whole number from 1 to 999999999")
  .transform(Number);

const threads = z
  .string()
  .regex(/^\d{1,2}$/, "must be a whole number from 0 to 64")
  .transform(Number)
  .refine((threads) => threads <= 64, "must be a whole number from 0 to 64");

const proxies = z
  .string()
  .regex(/^\d{1,2}$/, "must be a whole number from 0 to 10")
  .transform(Number)
  .pipe(proxiesSchema);

const origins = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((origin) => origin.trim())
      .filter(Boolean),
  )
  .pipe(z.array(originSchema));

const flag = z.enum(["0", "1"], "must be 0 or 1").transform((text) => text === "1");

const database = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "must be an address such as postgres://user:password@host:5432/name");

const apiAddress = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}, "must be an address such as https://api.openai.com/v1, without a name or password in it");

const tokens = z.union([z.literal("off").transform(() => null), count], "must be a whole number, or off");

/** For what requests and background work wait: everything is given up some time. */
const patience = durationSchema
  .refine((ms) => ms >= 100 && ms <= 3_600_000, "must be from 100ms to 1h")
  .transform(Math.ceil);

/** Every setting of the server by its variable. Empty is not set. */
const schema = z.object({
  PORT: port.default(3000),
  HOST: z.string().regex(/^\S+$/, "must be a host name or an address").default("127.0.0.1"),
  AMUSED_DATA: z
    .string()
    .refine((path) => !path.includes("\0"), "must be a folder")
    .default("./amused-data"),
  DATABASE_URL: database.optional(),
  AMUSED_ROW_SECURITY: flag.default(true),
  AMUSED_DATABASE_CONNECTIONS: count
    .refine((count) => count >= 3 && count <= 1_000, "must be a whole number from 3 to 1000")
    .default(16),
  AMUSED_CONNECT_TIMEOUT: patience.default(5_000),
  AMUSED_STATEMENT_TIMEOUT: patience.default(8_000),
  AMUSED_BATCH_TIMEOUT: patience.default(120_000),
  AMUSED_ADMIN_KEY: adminKeySchema.optional(),
  RATE_LIMIT: rateSchema.default({ limit: 600, windowMs: 60_000 }),
  AMUSED_SELLER_RATE_LIMIT: rateSchema.optional(),
  AMUSED_AUTH_FAILURES: rateSchema.default({ limit: 30, windowMs: 60_000 }),
  AMUSED_TRUSTED_PROXIES: proxies.default(0),
  LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], "must be debug, info, warn, error or silent")
    .default("info"),
  AMUSED_HEARTBEAT: durationSchema.pipe(heartbeatSchema).default(15_000),
  AMUSED_STREAMS: count.default(10_000),
  AMUSED_STREAMS_PER_SELLER: count.default(5_000),
  AMUSED_STREAMS_PER_KEY: count.default(1_000),
  AMUSED_STREAM_SECRET: streamSecretSchema.optional(),
  AMUSED_DRAIN: durationSchema.default(10_000),
  AMUSED_BODY_LIMIT: sizeSchema.default(1024 ** 2),
  AMUSED_IMPORT_LIMIT: sizeSchema.default(100 * 1024 ** 2),
  AMUSED_IMAGE_LIMIT: sizeSchema.default(10 * 1024 ** 2),
  AMUSED_IMPORTS: count.default(8),
  AMUSED_IMPORTS_PER_SELLER: count.default(2),
  AMUSED_REQUEST_TIMEOUT: durationSchema.pipe(timeoutSchema).default(30_000),
  AMUSED_CONNECTIONS: count.optional(),
  AMUSED_CORS_ORIGINS: origins.default([]),
  AMUSED_JWKS_URL: jwksUrlSchema.optional(),
  AMUSED_JWT_ISSUER: z.string().optional(),
  AMUSED_JWT_AUDIENCE: z.string().optional(),
  AMUSED_CURRENCY: currencySchema.default("USD"),
  AMUSED_THREADS: threads.default(1),
  AMUSED_RETENTION_DAYS: count.refine((days) => days <= 36_500, "must be at most 36500").default(30),
  AMUSED_RETENTION_EVENTS: count.default(1_000_000),
  AMUSED_PRUNE_EVERY: durationSchema
    .refine((ms) => ms >= 1_000, "must be at least 1s")
    .refine((ms) => ms <= 24 * 86_400_000, "must be at most 24d")
    .default(3_600_000),
  AMUSED_METRICS_TOKEN: metricsTokenSchema.optional(),
  AI_BASE_URL: apiAddress.optional(),
  AI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be visible ASCII characters")
    .optional(),
  AI_MODEL: z.string().optional(),
  AI_EMBEDDING_MODEL: z.string().optional(),
  AI_TIMEOUT: durationSchema
    .refine((ms) => ms >= 100 && ms <= 600_000, "must be from 100ms to 10min")
    .default(20_000),
  AI_DAILY_TOKENS: tokens.default(5_000_000),
  AI_DAILY_TOKENS_PER_SELLER: tokens.default(1_000_000),
});

export type Settings = z.output<typeof schema>;

/** What a flag of the command sets, by its variable. */
export interface Flags {
  PORT?: string | undefined;
  HOST?: string | undefined;
  AMUSED_DATA?: string | undefined;
}

const flagNames: Record<string, string> = { PORT: "--port", HOST: "--host", AMUSED_DATA: "--data" };
/** What must not be repeated in an error, because logs keep it. */
const secret = new Set([
  ...["AMUSED_ADMIN_KEY", "AMUSED_METRICS_TOKEN", "AMUSED_STREAM_SECRET", "DATABASE_URL"],
  ...["AI_API_KEY", "AI_BASE_URL"],
]);

/** Reads the settings, flags before variables; a bad one is refused in one line that names it. */
export function readSettings(flags: Flags, env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [
      name,
      flags[name as keyof Flags] ?? (env[name] === "" ? undefined : env[name]),
    ]),
  );
  const result = schema.safeParse(given);
  if (result.success) {
    checkModels(result.data);
    checkJwt(result.data);
    return result.data;
  }
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const said = secret.has(name) ? "" : `; it is ${JSON.stringify(given[name])}`;
    return `${flags[name as keyof Flags] === undefined ? name : flagNames[name]} ${message}${said}`;
  });
  throw new Refusal(lines.join(". "));
}

/** An address without a model, or a model without an address, was meant to turn something on. */
function checkModels({ AI_BASE_URL, AI_MODEL, AI_EMBEDDING_MODEL }: Settings): void {
  const named = [AI_MODEL && "AI_MODEL", AI_EMBEDDING_MODEL && "AI_EMBEDDING_MODEL"].filter(Boolean);
  if (AI_BASE_URL === undefined && named.length > 0)
    throw new Refusal(`${named.join(" and ")} must come with AI_BASE_URL, the address of the API`);
  if (AI_BASE_URL !== undefined && named.length === 0)
    throw new Refusal("AI_BASE_URL must come with AI_MODEL, AI_EMBEDDING_MODEL or both");
}

/** Without one of them, tokens of others would be taken for ours. */
function checkJwt({ AMUSED_JWKS_URL, AMUSED_JWT_ISSUER, AMUSED_JWT_AUDIENCE }: Settings): void {
  const given = Object.entries({ AMUSED_JWKS_URL, AMUSED_JWT_ISSUER, AMUSED_JWT_AUDIENCE });
  const missing = given.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0 && missing.length < given.length)
    throw new Refusal(
      `${missing.join(" and ")} must be set too: JWTs are accepted with all of ${given.map(([name]) => name).join(", ")}`,
    );
}

const later =
  /^(REDIS_URL|SMTP_URL|MAIL_FROM|SMS_URL|TWILIO_\w+|S3_\w+|DATABASE_REPLICA_URLS|AMUSED_ALLOW_PRIVATE_WEBHOOKS)$/;

/** Settings that are given but that this version does nothing with. */
export function unusedSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => later.test(name) && env[name] !== "")
    .sort();
}

/** Every setting that is read, by its variable. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

/** Variables that look like settings of ours and are none, each with the one that was probably meant. */
export function unknownSettings(env: NodeJS.ProcessEnv): string[] {
  // AMUSED_KEY is the client's commands', AMUSED_URL the examples', AMUSED_TEST_* the tests'.
  const known = new Set([...settingNames, "AMUSED_KEY", "AMUSED_URL"]);
  return Object.keys(env)
    .filter((name) => /^AMUSED_(?!TEST_)/.test(name) && !known.has(name) && !later.test(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, settingNames);
      return meant === null ? name : `${name} (is ${meant} meant?)`;
    });
}
