import { setTimeout as sleep } from "node:timers/promises";
import { faultyProxy, type History, type Hits, type Random, random } from "@amused/testkit";
import type { Cluster } from "./cluster.ts";
import { gather, until } from "./party.ts";
import type { ReaderPlan } from "./reader.ts";
import { blow } from "./weather.ts";
import type { Writer } from "./writer.ts";

export interface StormPlan {
  cluster: Cluster;
  seed: number;
  sellers: number;
  /** Of each seller, beside the first. */
  writers: number;
  readers(products: readonly number[]): ReaderPlan[];
  /** How many writes shall be acknowledged before it may end. */
  acknowledged: number;
  /** Which nodes are killed, one after another, each while writes are under way. */
  kills: number[];
}

export interface Outcome {
  histories: History[];
  hits: Hits;
  /** How many writes were under way at each kill. */
  kills: number[];
}

/**
 * Writers and readers of several sellers work through a proxy on which it storms, on servers that are killed, until every
 * kind of fault has struck. Then all is healed, and everybody comes to the end. Says what happened.
 */
export async function storm({ cluster, seed, ...plan }: StormPlan): Promise<Outcome> {
  let seeds = seed * 1_000;
  const draw = () => random(seeds++);
  let ticks = 0;
  const proxy = await faultyProxy({ port: cluster.ports()[0], seed });
  proxy.lead(...cluster.ports());
  const [weather, work, reading] = [new AbortController(), new AbortController(), new AbortController()];

  try {
    const urls = { through: proxy.url, direct: cluster.url };
    const common = { urls, draw, tick: () => ++ticks, stop: reading.signal };
    const { writers: count, readers } = plan;
    const parties = await Promise.all(
      Array.from({ length: plan.sellers }, (_, n) =>
        gather({ ...common, sellerId: `seller-${seed}-${n}`, writers: count, readers }),
      ),
    );
    const writers = parties.flatMap((party) => party.writers);
    const read = Promise.all(parties.flatMap((party) => party.readers.map(({ done }) => done)));

    const blown = blow(proxy, draw(), weather.signal);
    const worked = Promise.all(writers.map((writer) => writer.work(work.signal)));
    const happen = async () => {
      const kills: number[] = [];
      const chance = draw();
      for (const [n, node] of plan.kills.entries()) {
        const enough = (plan.acknowledged * (n + 1)) / (plan.kills.length + 1);
        await until(() => acknowledged(writers) >= enough);
        kills.push(await killUnderWay(cluster, node, writers, chance));
        await sleep(chance.int(0, 300));
        await cluster.start(node);
        proxy.lead(...cluster.ports());
      }
      const all = () => Object.values(proxy.hits).every((hits) => hits > 0);
      await until(() => acknowledged(writers) >= plan.acknowledged && all());
      // At last the server's side goes from under the next to be told of something, who have to find that out themselves.
      const before = proxy.hits.halfOpen;
      proxy.inject({ kind: "halfOpen", way: "down", after: 0 });
      await until(() => proxy.hits.halfOpen >= before + 5);
      return kills;
    };
    const come = async () => {
      const kills = await happen();
      work.abort();
      weather.abort();
      await Promise.all([worked, blown]);
      await Promise.all(writers.map((writer) => writer.settle()));
      await Promise.all(parties.map(({ writers: [first] }) => first.note("the end")));
      await Promise.all(parties.map((party) => party.arrival()));
      reading.abort();
      await read;
      return kills;
    };
    const kills = await unlessBroken(come(), [read, worked]);
    const histories = await Promise.all(parties.map((party) => party.history()));

    return { histories, hits: { ...proxy.hits }, kills };
  } finally {
    for (const controller of [weather, work, reading]) controller.abort();
    await proxy.close();
  }
}

/** Whoever breaks meanwhile breaks it all; whoever ends does not. */
function unlessBroken<T>(work: Promise<T>, others: Promise<unknown>[]): Promise<T> {
  return Promise.race([work, ...others.map((other) => other.then(() => work))]);
}

function acknowledged(writers: Writer[]): number {
  const count = (writer: Writer) => writer.operations.filter(({ outcome }) => outcome === "ok").length;
  return writers.reduce((sum, writer) => sum + count(writer), 0);
}

/** Kills a server while writes are under way; says how many. */
async function killUnderWay(
  cluster: Cluster,
  node: number,
  writers: Writer[],
  chance: Random,
): Promise<number> {
  await sleep(chance.int(0, 30));
  const underWay = () => writers.filter((writer) => writer.underWay).length;
  await until(() => underWay() > 0);
  const many = underWay();
  await cluster.kill(node);
  return many;
}
