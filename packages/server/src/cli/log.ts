import { type Logger, pino } from "pino";
import { readableLines } from "./log-readable.ts";

/** Characters of the log that wait for a disk with room; what comes beyond them is lost. */
const mostHeld = 1_000_000;

/**
 * The log, on standard error: JSON lines with the field names of the Elastic Common Schema, or lines to read on a terminal.
 */
export function createLogger(level: string, terminal: boolean): Logger {
  const options = {
    level,
    messageKey: "message",
    base: { "ecs.version": "8.11.0", "service.name": "amused", "process.pid": process.pid },
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ "log.level": label }), log: withError },
    serializers: { err: (error: unknown) => error },
  };
  // Written at once, so that the last line before an end is there too.
  const destination = pino.destination({ dest: 2, sync: true, maxLength: mostHeld });
  // A log that can not be written, on a full disk for one, is no reason to stop serving.
  destination.on("error", () => {});
  return pino(options, terminal ? readableLines(destination) : destination);
}

/** `err` under the names that ECS has for it. */
function withError(fields: Record<string, unknown>): Record<string, unknown> {
  const { err, ...rest } = fields;
  if (err === undefined) return fields;
  if (!(err instanceof Error)) return { ...rest, "error.message": String(err) };
  return { ...rest, "error.type": err.name, "error.message": err.message, "error.stack_trace": stackOf(err) };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
