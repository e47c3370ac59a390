import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Amused, isAmusedError } from "@amused/core";
import { createApp } from "../app.ts";
import { version } from "../version.ts";
import { asset } from "./assets.ts";
import { type Demo, demoSeller, prepareDemo } from "./demo/demo.ts";
import { countFailures } from "./failures.ts";
import { firstAdminKey } from "./first-key.ts";
import { openAmused } from "./house.ts";
import { type Listening, listen } from "./listen.ts";
import { createLogger } from "./log.ts";
import { openModels, saidOfModels } from "./models.ts";
import { blank, type Screen, screen } from "./screen.ts";
import { readSettings, type Settings, unknownSettings, unusedSettings } from "./settings.ts";
import { whenToldToStop } from "./signals.ts";
import { welcome } from "./welcome.ts";

export interface StartFlags {
  port?: string;
  host?: string;
  data?: string;
  demo?: boolean;
  json?: boolean;
}

/** `amused start`: opens the store, serves it, says where, and stops when told to. */
export async function start(flags: StartFlags): Promise<void> {
  const settings = readSettings({ PORT: flags.port, HOST: flags.host, AMUSED_DATA: flags.data }, process.env);
  const show = flags.json ? blank : screen();
  const logger = createLogger(settings.LOG_LEVEL, process.stderr.isTTY && !flags.json);
  const failures = countFailures(logger);
  const unused = unusedSettings(process.env);
  if (unused.length > 0) logger.warn({}, `This version does not use: ${unused.join(", ")}`);
  const unknown = unknownSettings(process.env);
  if (unknown.length > 0) logger.warn({}, `There are no such settings: ${unknown.join(", ")}`);

  const drain = new AbortController();
  show.line(`Amused ${version}`);
  const where =
    settings.DATABASE_URL === undefined
      ? `embedded PostgreSQL in ${resolve(settings.AMUSED_DATA)}`
      : "PostgreSQL";
  const onError = (err: unknown) => {
    failures.background++;
    // What was foreseen says enough in one line.
    if (isAmusedError(err)) logger.warn({}, err.message);
    else logger.error({ err }, "Background work failed");
  };
  const amused = await show.step(
    "store",
    async () => openAmused(settings, onError, await openModels(settings)),
    () => where,
  );
  const sent = saidOfModels(settings);
  if (sent !== null) {
    if (flags.json) logger.info({}, `Models of others: ${sent}`);
    else show.line(`  ${"models".padEnd(10)}${sent}`);
  }
  let server: Listening;
  try {
    const app = createApp(amused, { ...appOptions(settings), drain: drain.signal, logger, failures });
    // Beside the streams, which stay, there is room for requests, which go.
    const connections = settings.AMUSED_CONNECTIONS ?? settings.AMUSED_STREAMS + 2_000;
    server = await listen(app.fetch, settings.PORT, settings.HOST, { connections });
  } catch (error) {
    await amused.close();
    throw error;
  }
  whenToldToStop(logger, () => stop(amused, server, drain, settings.AMUSED_DRAIN));

  try {
    await open(amused, server, settings, flags, show);
    logger.info({ "url.full": server.url }, "Listening");
  } catch (error) {
    // Whoever stops the server while it fills the shop knows why that broke off.
    if (drain.signal.aborted) return;
    await stop(amused, server, drain, 0);
    throw error;
  }
}

/** What is left to do once the server answers: background work, the first key, the demo; then all of it is said. */
async function open(
  amused: Amused,
  server: Listening,
  settings: Settings,
  flags: StartFlags,
  show: Screen,
): Promise<void> {
  await amused.start();
  const demo = flags.demo ? await showDemo(amused, settings, show) : null;
  // Made last, because it is shown only once: a start that breaks off before must not take it along.
  const adminKey = settings.AMUSED_ADMIN_KEY === undefined ? await firstAdminKey(amused) : null;
  const ready = {
    url: server.url,
    ...(adminKey !== null && { adminKey }),
    ...(demo !== null && { demo: { seller: demoSeller, apiKey: demo.apiKey } }),
  };
  if (flags.json) process.stdout.write(`${JSON.stringify(ready)}\n`);
  else show.line(welcome(ready));
}

function appOptions(settings: Settings): Parameters<typeof createApp>[1] & object {
  const script = asset("reference/scalar.js");
  return {
    heartbeat: settings.AMUSED_HEARTBEAT,
    streams: settings.AMUSED_STREAMS,
    streamsPerSeller: settings.AMUSED_STREAMS_PER_SELLER,
    streamsPerKey: settings.AMUSED_STREAMS_PER_KEY,
    imports: settings.AMUSED_IMPORTS,
    importsPerSeller: settings.AMUSED_IMPORTS_PER_SELLER,
    requestTimeout: settings.AMUSED_REQUEST_TIMEOUT,
    authFailures: settings.AMUSED_AUTH_FAILURES ?? "off",
    trustedProxies: settings.AMUSED_TRUSTED_PROXIES,
    bodyLimit: settings.AMUSED_BODY_LIMIT,
    importLimit: settings.AMUSED_IMPORT_LIMIT,
    imageLimit: settings.AMUSED_IMAGE_LIMIT,
    corsOrigins: settings.AMUSED_CORS_ORIGINS,
    ...jwtOption(settings),
    ...(settings.AMUSED_ADMIN_KEY !== undefined && { adminKey: settings.AMUSED_ADMIN_KEY }),
    ...(settings.AMUSED_STREAM_SECRET !== undefined && {
      streamTokenSecret: settings.AMUSED_STREAM_SECRET,
    }),
    ...(settings.AMUSED_METRICS_TOKEN !== undefined && { metricsToken: settings.AMUSED_METRICS_TOKEN }),
    ...(settings.RATE_LIMIT !== null && { rateLimit: settings.RATE_LIMIT }),
    ...(settings.AMUSED_SELLER_RATE_LIMIT !== undefined && {
      sellerRateLimit: settings.AMUSED_SELLER_RATE_LIMIT ?? "off",
    }),
    ...(script !== null && { referenceScript: async () => new Uint8Array(await readFile(script)) }),
  };
}

function jwtOption({
  AMUSED_JWKS_URL: jwksUrl,
  AMUSED_JWT_ISSUER: issuer,
  AMUSED_JWT_AUDIENCE: audience,
}: Settings) {
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return {};
  return { jwt: { jwksUrl, issuer, audience } };
}

function showDemo(amused: Amused, settings: Settings, show: Screen): Promise<Demo> {
  const outcomes = {
    now: "200 products and 118,058 sales of a real shop (Online Retail, UCI, CC BY 4.0)",
    before: `the shop of seller "${demoSeller}", loaded at an earlier start`,
    "not empty": `seller "${demoSeller}" has products of its own, so that nothing was loaded`,
  };
  return show.step(
    "demo",
    (progress) =>
      prepareDemo(amused, settings.AMUSED_DATA, ({ done, total }) => {
        const percent = Math.floor((done / total) * 10) * 10;
        progress(`${total.toLocaleString("en")} sales: ${percent} %`);
      }),
    ({ loaded }) => outcomes[loaded],
  );
}

/** Readiness flips and streams end first; then what is in flight has its time, and the store is closed last. */
async function stop(
  amused: Amused,
  server: Listening,
  drain: AbortController,
  drainMs: number,
): Promise<void> {
  const most = Math.min(drainMs, 10_000);
  const until = Date.now() + most;
  drain.abort();
  // A balancer that asks is told before the door closes.
  await sleep(Math.min(500, most / 4));
  await server.close(Math.max(0, most - 1_500));
  // A database that has gone silent does not answer a goodbye either.
  await Promise.race([amused.close(), sleep(Math.max(1_000, until - Date.now()))]);
}
