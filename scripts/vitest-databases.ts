import type { TestProject } from "vitest/node";
import { say } from "./say.ts";
import { createDatabase } from "./services/database.ts";
import { type Service, ServiceMissing } from "./services/ladder.ts";
import { findPostgres } from "./services/postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A database of this run's own; null where PostgreSQL is left out on purpose. */
    databaseUrl: string | null;
    /** Why there is none, for the skips to say. */
    databaseMissing: string;
  }
}

// Every project runs this setup in the same process; the server behind it is found or started once for all.
const shared = globalThis as { amusedPostgres?: Promise<Service>; amusedPostgresUsers?: number };

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  shared.amusedPostgres ??= announced();
  shared.amusedPostgresUsers = (shared.amusedPostgresUsers ?? 0) + 1;
  const leave = async () => {
    shared.amusedPostgresUsers = (shared.amusedPostgresUsers ?? 1) - 1;
    if (shared.amusedPostgresUsers > 0) return;
    const server = shared.amusedPostgres;
    delete shared.amusedPostgres;
    await (await server)?.stop();
  };
  try {
    const server = await shared.amusedPostgres;
    const database = await createDatabase(server.url);
    project.provide("databaseUrl", database.url);
    project.provide("databaseMissing", "");
    return async () => {
      await database.drop();
      await leave();
    };
  } catch (error) {
    if (!(error instanceof ServiceMissing) || process.env.AMUSED_TEST_WITHOUT_POSTGRES !== "1") throw error;
    project.provide("databaseUrl", null);
    project.provide("databaseMissing", "AMUSED_TEST_WITHOUT_POSTGRES=1, and no PostgreSQL was found");
    return undefined;
  }
}

async function announced(): Promise<Service> {
  // `npm test` has found or started the server before, has said so, and will stop it.
  const given = process.env.AMUSED_TEST_POSTGRES_URL;
  if (given) return { url: given, how: "", stop: async () => {} };
  const from = performance.now();
  const server = await findPostgres();
  say(`PostgreSQL: ${server.how}`, from);
  return server;
}
