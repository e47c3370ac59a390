import { AmusedError, beingErased, isAmusedError } from "@amused/core/errors";

/** The SQLSTATE or system code of an error, and the constraint it is about. */
export function databaseError(error: unknown): { code: string; constraint: string | null } {
  if (typeof error !== "object" || error === null) return { code: "", constraint: null };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    constraint: typeof constraint === "string" ? constraint : null,
  };
}

/** Deadlocks and serialisation failures: the same work may go through next time. */
export function isTransient(error: unknown): boolean {
  return ["40P01", "40001"].includes(databaseError(error).code);
}

/** Tells whether the connection an error came from is of no use any more. */
export function isLost(error: unknown): boolean {
  // What was translated within a transaction has the first error beneath it.
  if (isAmusedError(error)) return error.cause !== undefined && isLost(error.cause);
  const { code } = databaseError(error);
  const message = error instanceof Error ? error.message : "";
  return (
    (/^(08|53|57P|58|25006|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ERR_STREAM)/.test(code) &&
      code !== diskFull) ||
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed|after calling end on the pool/.test(
      message,
    )
  );
}

const diskFull = "53100";

function unavailable(message: string, cause: unknown): AmusedError {
  return new AmusedError("unavailable", message, { retryAfter: 1 }, { cause });
}

/** The database is there, but did not get to this. */
export function busy(cause: unknown): AmusedError {
  return unavailable("The database is too busy with others' work. Nothing was changed; try again.", cause);
}

/** There was no connection to do anything on. */
export function unconnected(cause: unknown): AmusedError {
  // The pool's own words for a wait in its queue; what failed at the database is told otherwise.
  const crowded = cause instanceof Error && cause.message === "timeout exceeded when trying to connect";
  return crowded
    ? busy(cause)
    : unavailable("The database can not be reached. Nothing was changed; try again.", cause);
}

/** Tells a lost database from a wrong statement: the first is `unavailable`, the second is thrown as it is. */
export function translated(error: unknown): unknown {
  if (isAmusedError(error)) return error;
  const { code, constraint } = databaseError(error);
  if (code === diskFull)
    return unavailable(
      "The database's disk is full. Nothing was changed; make room there, then try again.",
      error,
    );
  if (isLost(error))
    return unavailable(
      "The database can not be reached. A write may or may not have happened: try again with the same Idempotency-Key.",
      error,
    );
  if (constraint === "event_streams_erasing") return beingErased(error);
  // The server's own limits of time, for a statement and for a lock.
  if (code === "57014" || code === "55P03") return busy(error);
  if (code === "22003" || code === "23514") {
    const message = "a quantity would go beyond 9,007,199,254,740,991";
    return new AmusedError("invalid_request", message, { errors: [{ path: "", message }] }, { cause: error });
  }
  return error;
}
