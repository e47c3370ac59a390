export type { Queryable, QueryablePool } from "./queryable.ts";
export { type PostgresStoreOptions, postgresStore } from "./store.ts";
