import { historyFaults } from "@amused/testkit";
import { expect } from "vitest";
import { folder } from "../process.ts";
import { adminKey, type Cluster, freshDatabase, postgresNode, startCluster } from "./cluster.ts";
import type { ReaderPlan } from "./reader.ts";
import { type StormPlan, storm } from "./storm.ts";

const readers = ([first = 0]: readonly number[]): ReaderPlan[] => [
  { name: "steady", style: "steady" },
  { name: "from now", style: "steady", from: "now" },
  { name: "slow", style: "slow" },
  { name: "returning", style: "returning" },
  { name: "sales and notes", style: "steady", filter: { types: ["sale.*", "history.noted"] } },
  { name: "product", style: "returning", filter: { productId: first } },
  { name: "feed", style: "feed" },
];

type Storm = Omit<StormPlan, "cluster" | "readers">;

/** Two nodes on one database. */
export async function stormOnPostgres(plan: Storm): Promise<void> {
  const url = await freshDatabase();
  await holds(await startCluster([await postgresNode(url), await postgresNode(url)]), plan);
}

/** One process, as there can be only one at a time on a folder. */
export async function stormOnPglite(plan: Storm): Promise<void> {
  await holds(await startCluster([{ args: ["--data", await folder()] }]), plan);
}

/** It storms, and what happened is as it should be. */
async function holds(cluster: Cluster, plan: Storm): Promise<void> {
  const seed = `seed ${plan.seed}`;
  const { histories, hits, kills } = await storm({ ...plan, cluster, readers }).catch((error) => {
    error.message += `\n(${seed})`;
    throw error;
  });
  for (const history of histories) expect(historyFaults(history), seed).toEqual([]);

  // That it did storm: else all this would say nothing.
  for (const [kind, count] of Object.entries(hits)) expect(count, `${seed}: ${kind}`).toBeGreaterThan(0);
  expect(kills, seed).toHaveLength(plan.kills.length);
  for (const underWay of kills) expect(underWay, seed).toBeGreaterThan(0);
  const outcomes = new Set(histories.flatMap(({ operations }) => operations.map(({ outcome }) => outcome)));
  expect([...outcomes].sort(), seed).toEqual(["fail", "ok", "unknown"]);

  // What the servers noticed themselves. Their log has errors only, one a line.
  expect(
    cluster.said().filter((line) => line.startsWith("{")),
    seed,
  ).toEqual([]);
  const headers = { authorization: `Bearer ${adminKey}` };
  const metrics = await (await fetch(`${cluster.url()}/metrics`, { headers })).text();
  expect(metrics, seed).toMatch(/^amused_event_gap_total 0$/m);
}
