import { userInfo } from "node:os";
import pg from "pg";
import { aptInstall } from "./apt.ts";
import { findOrStart, type Rung, type Service, saidBy } from "./ladder.ts";
import { postgresBinaries, startPostgres } from "./postgres-server.ts";

const oldest = 15;
const advice =
  `Install PostgreSQL ${oldest} or newer (its programs in PATH are enough), or set DATABASE_URL to a server where ` +
  "databases may be created, or set AMUSED_TEST_WITHOUT_POSTGRES=1 to skip the tests that need it.";

/** What the finder asks the machine, so that its decisions can be tested without one. */
export interface Machine {
  env: Record<string, string | undefined>;
  /** Undefined when the server at the URL is fit for tests, else the reason why not. */
  refusal(url: string): Promise<string | undefined>;
  binaries(): string | undefined;
  start(binaries: string): Promise<Service>;
  /** Installs PostgreSQL; undefined when it can, else the reason why not. */
  install(): Promise<string | undefined>;
}

export function findPostgres(machine: Machine = thisMachine): Promise<Service> {
  return findOrStart("PostgreSQL", postgresRungs(machine), advice);
}

export function postgresRungs(machine: Machine): Rung[] {
  const running = async (urls: string[], where: string) => {
    const reasons = new Set<string>();
    for (const url of urls) {
      const reason = await machine.refusal(url);
      if (reason === undefined) return { url, how: `uses the server at ${where}`, stop: async () => {} };
      reasons.add(reason);
    }
    return { reason: `${where}: ${[...reasons].join(", ")}` };
  };
  const started = async () => {
    const binaries = machine.binaries();
    return binaries === undefined
      ? { reason: `no PostgreSQL ${oldest} or newer among the programs` }
      : machine.start(binaries);
  };

  return [
    async () => {
      const url = machine.env.DATABASE_URL;
      return url ? running([url], "DATABASE_URL") : { reason: "DATABASE_URL is not set" };
    },
    async () => {
      // The port is a setting so that the rungs below can be tried on a machine where a server runs.
      const address = `127.0.0.1:${machine.env.AMUSED_TEST_POSTGRES_PORT ?? 5432}`;
      const users = [...new Set(["postgres", userInfo().username])];
      const urls = users.flatMap((user) =>
        [...new Set(["postgres", user, "template1"])].map(
          (database) => `postgres://${user}@${address}/${database}`,
        ),
      );
      return running(urls, address);
    },
    started,
    async () => {
      if (machine.env.AMUSED_TEST_WITHOUT_POSTGRES === "1") return { reason: "not wanted, so not installed" };
      const reason = await machine.install();
      return reason === undefined ? started() : { reason };
    },
  ];
}

export const thisMachine: Machine = {
  env: process.env,
  refusal: async (url) => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
    try {
      await client.connect();
      const { rows } = await client.query(
        `select current_setting('server_version_num')::int / 10000 as version, rolsuper or rolcreatedb as able
         from pg_roles where rolname = current_user`,
      );
      if (rows[0].version < oldest) return `is version ${rows[0].version}, older than ${oldest}`;
      return rows[0].able ? undefined : "may not create databases there";
    } catch (error) {
      return saidBy(error);
    } finally {
      await client.end().catch(() => {});
    }
  },
  binaries: () => postgresBinaries(oldest),
  start: startPostgres,
  install: async () => aptInstall("PostgreSQL", "postgresql"),
};
