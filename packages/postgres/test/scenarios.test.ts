import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAmused } from "@amused/core";
import { transportScenarios } from "@amused/testkit";
import { pgliteStore } from "../src/pglite.ts";
import { describePostgres, freshStore } from "./database.ts";

describePostgres("on PostgreSQL", () => {
  transportScenarios({
    name: "in process, on PostgreSQL",
    async open() {
      const { store, close } = await freshStore();
      const amused = await createAmused({ store });
      return {
        seller: async (id) => amused.seller(id),
        start: () => amused.start(),
        close: () => amused.close().then(close),
      };
    },
  });
});

transportScenarios({
  name: "in process, on embedded PostgreSQL",
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "amused-scenarios-"));
    const amused = await createAmused({ store: pgliteStore(folder) });
    return {
      seller: async (id) => amused.seller(id),
      close: async () => {
        await amused.close();
        rmSync(folder, { recursive: true, force: true });
        rmSync(`${folder}.lock`, { force: true });
      },
    };
  },
});
