export type { Bench, PromiseGroup, Sizes, StorePromise } from "./bench.ts";
export { type BroadcasterConformanceOptions, broadcasterConformance } from "./broadcaster-conformance.ts";
export { type CacheConformanceOptions, cacheConformance } from "./cache-conformance.ts";
export type { Acknowledged, Crash } from "./crash.ts";
export { type FakeClock, fakeClock } from "./fake-clock.ts";
export type { Fault, FaultKind, Hits, Way } from "./faults/fault.ts";
export { type FaultyProxy, faultyProxy, type Weather } from "./faults/proxy.ts";
export { type FileStoreConformanceOptions, fileStoreConformance } from "./file-conformance.ts";
export { historyFaults } from "./history/check.ts";
export {
  type Fact,
  type History,
  type LogEvent,
  notedType,
  type Operation,
  type ReaderLog,
  type StockRecord,
} from "./history/history.ts";
export { type AiRequest, type AiScript, type OpenAiServer, openAiServer } from "./open-ai-server.ts";
export { predictionFaults } from "./prediction-faults.ts";
export { type Random, random } from "./random.ts";
export { type RateLimiterConformanceOptions, rateLimiterConformance } from "./rate-limiter-conformance.ts";
export { transportScenarios } from "./scenarios/scenarios.ts";
export type { OpenTransport, Transport } from "./scenarios/transport.ts";
export type { ProductTruth, SimulatedProduct } from "./shop/catalogue.ts";
export { importShop, type Replay, type ReplayTarget, replayShop } from "./shop/replay.ts";
export { lookedAhead, runsOutIn } from "./shop/run-out.ts";
export {
  type SimulatedDay,
  type SimulatedLine,
  type SimulatedOrder,
  type SimulatedShop,
  type SimulatedTruth,
  type SimulationOptions,
  simulateShop,
} from "./shop/simulate.ts";
export { type StoreConformanceOptions, storeConformance } from "./store-conformance.ts";
export { storePromises } from "./store-promises.ts";
