export { type PostgresBroadcasterOptions, postgresBroadcaster } from "./broadcaster.ts";
export type { Timeouts } from "./database.ts";
export type { Connection, Queryable, QueryablePool } from "./queryable.ts";
export { type PostgresStoreOptions, postgresStore } from "./store.ts";
