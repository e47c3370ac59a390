export { EngineError } from "./errors.ts";
export * from "./forecast/index.ts";
export * from "./replenish/index.ts";
