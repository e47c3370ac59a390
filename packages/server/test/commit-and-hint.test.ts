import { faultyProxy, historyFaults } from "@amused/testkit";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { createDatabase } from "../../../scripts/services/database.ts";
import { folder } from "./support/process.ts";
import { startCluster } from "./support/storm/cluster.ts";
import { isTheSale, killBetweenCommitAndHint } from "./support/storm/commit-and-hint.ts";
import { startHeldServer } from "./support/storm/held.ts";

const databaseUrl = inject("databaseUrl");
const given = databaseUrl === null ? test.skip : test;

describe("a server is killed between the commit of a sale and its hint", { timeout: 90_000 }, () => {
  async function freshDatabase(): Promise<string> {
    const { url, drop } = await createDatabase(databaseUrl as string);
    onTestFinished(drop);
    return url;
  }
  const node = async (url: string) => ({ args: ["--data", await folder()], env: { DATABASE_URL: url } });

  given("its readers find the sale on the server that comes after it", async () => {
    const database = await freshDatabase();
    const held = await startHeldServer("postgres", database);
    const proxy = await faultyProxy({ port: held.port });
    onTestFinished(() => proxy.close());
    let url = held.url;
    const history = await killBetweenCommitAndHint({
      ...{ held, through: proxy.url, direct: () => url },
      async afterKill({ readers }) {
        // Nobody was told while it was alive.
        expect(readers.flatMap(({ log }) => log.seen.filter(isTheSale))).toEqual([]);
        const next = await startCluster([await node(database)]);
        url = next.url();
        proxy.lead(...next.ports());
      },
    });
    expect(historyFaults(history)).toEqual([]);
  });

  given("readers on another node find the sale there", async () => {
    const database = await freshDatabase();
    const held = await startHeldServer("postgres", database);
    const other = await startCluster([await node(database)]);
    const history = await killBetweenCommitAndHint({
      ...{ held, through: other.url(), direct: other.url },
      afterKill: async () => {},
    });
    expect(historyFaults(history)).toEqual([]);
  });
});
