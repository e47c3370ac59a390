import { createAmused, memoryStore } from "@amused/core";
import { transportScenarios } from "../src/scenarios/scenarios.ts";

transportScenarios({
  name: "in process, in memory",
  async open() {
    const amused = await createAmused({ store: memoryStore() });
    return {
      seller: async (id) => amused.seller(id),
      start: () => amused.start(),
      close: () => amused.close(),
    };
  },
});
