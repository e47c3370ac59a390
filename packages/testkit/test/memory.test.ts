import { memoryFiles, memoryStore } from "@amused/core";
import { fileStoreConformance, storeConformance } from "../src/index.ts";

storeConformance({ name: "memoryStore", open: () => memoryStore() });
fileStoreConformance({ name: "memoryFiles", open: () => memoryFiles() });
