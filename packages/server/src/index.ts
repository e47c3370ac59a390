export { createApp } from "./app.ts";
export type { Access } from "./auth/access.ts";
export type { JwtOptions } from "./auth/jwt.ts";
export { type MemoryRateLimiterOptions, memoryRateLimiter } from "./limits/memory-rate-limiter.ts";
export type { Rate } from "./limits/request-limits.ts";
export { openApiDocument } from "./openapi/document.ts";
export type { AppOptions, Logger } from "./options.ts";
export { routes } from "./routes/table.ts";
