interface Destination {
  write(line: string): unknown;
}

const colours: Record<string, number> = { debug: 90, info: 36, warn: 33, error: 31, fatal: 31 };
const quiet = new Set([
  "@timestamp",
  "log.level",
  "message",
  "ecs.version",
  "service.name",
  "process.pid",
  "error.stack_trace",
]);

/** Turns the log's JSON lines into lines for people. */
export function readableLines(to: Destination): Destination {
  return {
    write(line) {
      to.write(readable(JSON.parse(line) as Record<string, unknown>));
    },
  };
}

function readable(fields: Record<string, unknown>): string {
  const level = String(fields["log.level"]);
  const time = String(fields["@timestamp"]).slice(11, 19);
  const rest = Object.entries(fields)
    .filter(([name]) => !quiet.has(name))
    .map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
  const stack = fields["error.stack_trace"] === undefined ? "" : `\n${String(fields["error.stack_trace"])}`;
  return `\x1b[90m${time}\x1b[0m \x1b[${colours[level] ?? 0}m${level}\x1b[0m ${String(fields.message)}\x1b[90m${rest}\x1b[0m${stack}\n`;
}
