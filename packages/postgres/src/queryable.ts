/** What we need of a connection to PostgreSQL: node-postgres's Pool and Client have it, and others can. */
export interface Queryable {
  query(statement: {
    name?: string;
    text: string;
    values?: unknown[];
    /** Milliseconds that the driver waits for the answer to this one, in place of what it was made with. */
    query_timeout?: number;
  }): Promise<{ rows: Record<string, unknown>[] }>;
  /** node-postgres says by this event that a connection broke. */
  on?(event: "error", listener: (error: Error) => void): unknown;
}

/** A connection out of a pool, for what must be done on one. */
export interface Connection extends Queryable {
  release(error?: boolean | Error): void;
  on?(event: "error", listener: (error: Error) => void): unknown;
  on?(event: "end", listener: () => void): unknown;
  /** What another connection notified. */
  on?(event: "notification", listener: (message: { payload?: string | undefined }) => void): unknown;
}

/** A pool hands out connections of its own, for transactions. */
export interface QueryablePool extends Queryable {
  connect(): Promise<Connection>;
}
