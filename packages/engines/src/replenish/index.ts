export { replenish } from "./replenish.ts";
export type {
  Incoming,
  ReplenishInput,
  Replenishment,
  ReplenishOptions,
  ReplenishReason,
} from "./types.ts";
