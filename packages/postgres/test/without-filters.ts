import type { Store } from "@amused/core";
import { postgresStore } from "../src/index.ts";
import { freshPool } from "./database.ts";

/** In our statements: that a row is the seller's. */
const filter = /\b(?:\w+\.)?seller_id = (\$\d)(?:::text)?/g;

/** A store whose statements lack their first wall: each of their filters by seller lets everything through. */
export function storeWithoutFilters(
  schema: string,
  rowSecurity: boolean,
): { store: Store; leftOut: () => number } {
  let leftOut = 0;
  const pool = freshPool();
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...call: unknown[]) => unknown;
    const rewritten = (statement: string | { text: string }, ...rest: unknown[]) => {
      if (typeof statement === "string") return query(statement, ...rest);
      const text = statement.text.replace(filter, (_, parameter) => {
        leftOut++;
        return `${parameter}::text is not null`;
      });
      return query({ ...statement, text }, ...rest);
    };
    client.query = rewritten as typeof client.query;
  });
  const store = postgresStore({ pool, schema, rowSecurity });
  return { store: { ...store, close: () => pool.end() }, leftOut: () => leftOut };
}
