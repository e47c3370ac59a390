import { describe, inject, test } from "vitest";
import { freshDatabase, postgresNode } from "./support/storm/cluster.ts";
import { withAnotherNode, withNextServer } from "./support/storm/commit-and-hint.ts";

const missing = inject("databaseUrl") === null;

describe("a server is killed between the commit of a sale and its hint", { timeout: 200_000 }, () => {
  test.skipIf(missing)("its readers find the sale on the server that comes after it", async () => {
    const url = await freshDatabase();
    await withNextServer("postgres", url, await postgresNode(url));
  });

  test.skipIf(missing)("readers on another node find the sale there", async () => {
    const url = await freshDatabase();
    await withAnotherNode("postgres", url, await postgresNode(url));
  });
});
