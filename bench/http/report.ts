import { mkdir, writeFile } from "node:fs/promises";
import type { DatabaseServer } from "../measure/database.ts";
import { machine, table, times } from "../measure/report.ts";
import { connections, pageSize, productsInShop, shops } from "../shop.ts";
import type { ServerSummary, Summary } from "./summary.ts";

export interface Report {
  date: string;
  node: string;
  postgres: string;
  /** Settings of PostgreSQL that decide what a commit costs. */
  settings: Record<string, string>;
  machine: string;
  connections: number;
  shops: number;
  pageSize: number;
  productsInShop: number;
  rounds: number;
  secondsPerRound: number;
  titles: Record<string, string>;
  operations: Summary[];
}

export async function reportOn(
  server: DatabaseServer,
  about: Pick<Report, "rounds" | "secondsPerRound" | "titles" | "operations">,
): Promise<Report> {
  const [version] = await server.run<{ server_version: string }>("show server_version");
  const settings = await server.run<{ name: string; setting: string }>(
    `select name, setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'shared_buffers', 'autovacuum', 'jit') order by name`,
  );
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    postgres: version?.server_version.split(" ")[0] ?? "",
    settings: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
    machine: machine(),
    connections,
    shops: shops.length,
    pageSize,
    productsInShop,
    ...about,
  };
}

/** Leaves the figures for programs and the table for documents. */
export async function writeReport(folder: URL, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("http.json", folder), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(new URL("http.md", folder), markdown(report));
}

export function markdown(report: Report): string {
  const rows = report.operations.map(
    ({ operation, servers, againstExpress, againstBare, target, reached }) => [
      operation,
      ...Object.keys(report.titles).map((name) => rateOf(servers[name])),
      times(againstExpress.requests),
      `${target} ${reached ? "reached" : "not reached"}`,
      times(againstBare.requests),
      times(againstExpress.serverCpu),
      times(againstExpress.totalCpu),
    ],
  );
  const head = [
    "",
    ...Object.values(report.titles).map((title) => `${title}, requests/s`),
    "Amused : Express",
    "target",
    "Amused : bare",
    "server's CPU per request : Express",
    "server's and PostgreSQL's CPU per request : Express",
  ];
  const cpu = report.operations.flatMap(({ operation, servers }) =>
    Object.entries(report.titles).map(([name, title]) => [operation, title, ...cpuOf(servers[name])]),
  );
  return [
    table([head, ...rows]),
    `Each of the ${report.connections} connections has a shop of its own, save where all share one. Ratios are paired by round: the median, and the range over the rounds.`,
    table([["", "", "server, CPU ms per request", "PostgreSQL", "driver"], ...cpu]),
    `${report.date}; ${report.machine}; Node ${report.node}; PostgreSQL ${report.postgres} (${Object.entries(
      report.settings,
    )
      .map(([name, value]) => `${name} ${value}`)
      .join(
        ", ",
      )}); ${report.connections} connections; ${report.shops} shops of ${report.productsInShop} products; ${report.rounds} rounds of ${report.secondsPerRound} s for each server and operation, in turn.`,
    "",
  ].join("\n\n");
}

function rateOf(server: ServerSummary | undefined): string {
  return server === undefined ? "" : server.perSecond.median.toFixed(0);
}

function cpuOf(server: ServerSummary | undefined): string[] {
  // Seconds for 1,000 requests are milliseconds for one.
  return [server?.serverCpu, server?.postgresCpu, server?.driverCpu].map(
    (cpu) => cpu?.median.toFixed(3) ?? "",
  );
}
