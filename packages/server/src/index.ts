export { createApp } from "./app.ts";
export type { Access } from "./auth/access.ts";
export type { JwtOptions } from "./auth/jwt.ts";
export type { RateLimit } from "./auth/rate-limit.ts";
export { openApiDocument } from "./openapi/document.ts";
export type { AppOptions, Logger } from "./options.ts";
export { routes } from "./routes/table.ts";
