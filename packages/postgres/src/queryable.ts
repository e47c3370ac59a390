/** What we need of a connection to PostgreSQL: node-postgres's Pool and Client have it, and others can. */
export interface Queryable {
  query(statement: {
    name?: string;
    text: string;
    values?: unknown[];
  }): Promise<{ rows: Record<string, unknown>[] }>;
  /** node-postgres says by this event that a connection broke. */
  on?(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool hands out connections of its own, for transactions. */
export interface QueryablePool extends Queryable {
  connect(): Promise<Queryable & { release(error?: boolean | Error): void }>;
}
