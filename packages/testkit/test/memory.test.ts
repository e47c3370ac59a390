import { memoryCache, memoryFiles, memoryStore } from "@amused/core";
import { cacheConformance, fakeClock, fileStoreConformance, storeConformance } from "../src/index.ts";

storeConformance({ name: "memoryStore", open: () => memoryStore() });
fileStoreConformance({ name: "memoryFiles", open: () => memoryFiles() });

const clock = fakeClock();
cacheConformance({
  name: "memoryCache",
  open: () => memoryCache({ now: clock.now }),
  advance: clock.advance,
});
