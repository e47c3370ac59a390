/** Alone, it needs nothing of Node's; the package's front door loads what Deno and Workers do not have. */
declare module "rate-limiter-flexible/lib/RateLimiterMemory.js" {
  import { RateLimiterMemory } from "rate-limiter-flexible";
  export default RateLimiterMemory;
}
