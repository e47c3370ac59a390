export type { Bench, PromiseGroup, Sizes, StorePromise } from "./bench.ts";
export { type BroadcasterConformanceOptions, broadcasterConformance } from "./broadcaster-conformance.ts";
export type { Acknowledged, Crash } from "./crash.ts";
export { type FakeClock, fakeClock } from "./fake-clock.ts";
export { type FileStoreConformanceOptions, fileStoreConformance } from "./file-conformance.ts";
export { type Random, random } from "./random.ts";
export { type OpenTransport, type Transport, transportScenarios } from "./scenarios/scenarios.ts";
export { type StoreConformanceOptions, storeConformance } from "./store-conformance.ts";
export { storePromises } from "./store-promises.ts";
