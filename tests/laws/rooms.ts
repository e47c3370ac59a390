/**
 * The rooms of the house and what each may import: other rooms by name, packages of others by name, `node:*` for
 * anything of Node. What is not listed is forbidden, and so is a file that lies in no room.
 */
export interface Room {
  name: string;
  files: RegExp;
  may: string[];
  /** These as `import type` only. */
  mayAsTypes?: string[];
  /** The files hold types only and erase to nothing. */
  erases?: true;
}

export const rooms: Room[] = [
  { name: "core/errors", files: /^packages\/core\/src\/errors\.ts$/, may: [] },
  { name: "core/domain", files: /^packages\/core\/src\/domain\//, may: ["zod", "core/errors"] },
  {
    name: "core/ports",
    files: /^packages\/core\/src\/ports\//,
    may: ["core/domain", "core/errors"],
    erases: true,
  },
  {
    name: "core/seller",
    files:
      /^packages\/core\/src\/(seller|seller-audit|seller-events|call-options|file-options|consumers)\.ts$/,
    may: ["core/domain", "core/errors"],
    erases: true,
  },
  {
    // What keeps a list current, on both transports; a page loads it, so that nothing of zod may come along.
    name: "core/live",
    files: /^packages\/core\/src\/live(\.ts|\/)/,
    may: ["core/errors"],
    mayAsTypes: ["core/domain", "core/seller"],
  },
  {
    name: "core/services",
    files: /^packages\/core\/src\/services\//,
    may: [
      "core/domain",
      "core/ports",
      "core/errors",
      "core/seller",
      "engines",
      "zod",
      "csv-parse",
      "node:crypto",
      "node:stream",
    ],
  },
  {
    // What acts on the log by itself, with a checkpoint for each seller.
    name: "core/reactors",
    files: /^packages\/core\/src\/reactors\//,
    may: ["core/domain", "core/ports", "core/errors", "core/services"],
  },
  {
    name: "core/memory",
    files: /^packages\/core\/src\/memory\//,
    may: ["core/domain", "core/ports", "core/errors", "node:*"],
  },
  {
    // What takes long, in a thread of this process: the adapter that starts it, and what runs in it.
    name: "core/threads",
    files: /^packages\/core\/src\/engine-threads?\.ts$/,
    may: ["core/services", "engines", "node:*"],
  },
  {
    // The one place where core is wired: services behind the seller's interface, over whatever store is handed in.
    name: "core/amused",
    files: /^packages\/core\/src\/(amused|amused-options|caller|in-process|system-events|listing)\.ts$/,
    may: [
      ...["core/domain", "core/ports", "core/errors", "core/seller", "core/live", "core/services"],
      "core/reactors",
      "core/memory",
      "core/threads",
      ...["zod", "node:crypto"],
    ],
  },
  {
    name: "core",
    files: /^packages\/core\/src\/index\.ts$/,
    may: [
      "core/domain",
      "core/ports",
      "core/errors",
      "core/seller",
      "core/services",
      "core/memory",
      "core/amused",
    ],
  },
  { name: "engines", files: /^packages\/engines\/src\//, may: [] },
  {
    name: "postgres",
    files: /^packages\/postgres\/src\//,
    may: ["core", "core/errors", "pg", "@electric-sql/pglite", "nanotar", "node:*"],
  },
  {
    name: "providers",
    files: /^packages\/providers\/src\//,
    may: ["core", "core/errors", "@ai-sdk/openai-compatible", "node:*"],
  },
  {
    // Adapters and the client are known to the command line only: to it alone falls the choice.
    name: "server/cli",
    files: /^packages\/server\/src\/(cli\/.*|cli|bin)\.ts$/,
    may: [
      ...["server", "core", "core/errors", "engines", "postgres", "providers", "client"],
      ...[
        "commander",
        "csv-parse",
        "pino",
        "pg",
        "@electric-sql/pglite",
        "hono",
        "@hono/node-server",
        "zod",
        "node:*",
      ],
    ],
  },
  {
    name: "server",
    files: /^packages\/server\/src\//,
    may: [
      ...["core", "core/errors", "hono", "@hono/node-server", "jose", "rate-limiter-flexible"],
      ...["zod", "zod-openapi", "pino", "node:*"],
    ],
  },
  {
    // It runs in browsers: zod alone would be 93 KB of it, and nothing of Node is there.
    name: "client",
    files: /^packages\/client\/src\//,
    may: ["core/errors", "core/live", "ky", "eventsource-parser"],
    mayAsTypes: ["core"],
  },
  {
    name: "testkit",
    files: /^packages\/testkit\/src\//,
    may: ["core", "core/errors", "vitest", "fast-check", "node:*"],
  },
];

/** At 300 lines ask whether a file is one thing. These were asked. */
export const longFiles: Record<string, string> = {};
