export { EngineError } from "./errors.ts";
