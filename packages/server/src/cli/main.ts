import { Command } from "commander";
import { version } from "../version.ts";
import { orFail } from "./fail.ts";
import { nearest } from "./nearest.ts";

const dataFlag = [
  "--data <folder>",
  "folder of the embedded database and of files (AMUSED_DATA, ./amused-data)",
] as const;

/** The `amused` command. Each subcommand is loaded when it is the one. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("amused")
    .description("Products, stock, sales, and the log of everything that happens to them")
    .version(version)
    .showHelpAfterError();

  program
    .command("start", { isDefault: true })
    .description("serve the API")
    .option("--port <port>", "0 picks a free one (PORT, 3000)")
    .option("--host <host>", "where to listen (HOST, 127.0.0.1)")
    .option(...dataFlag)
    .option("--demo", "fill an empty store with a real shop")
    .option("--json", "print one JSON line when ready; logs go to standard error")
    .action((flags) => orFail(async () => (await import("./start.ts")).start(flags)));

  program
    .command("migrate")
    .description("bring the database to the layout of this version")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./migrate.ts")).migrate(flags)));

  const keys = program
    .command("keys")
    .description("make, list, rotate and revoke API keys, on the store itself");
  keys
    .command("create")
    .option("--seller <id>", "whose key it is; none for an admin key")
    .option("--scopes <scopes>", "read, write or admin, separated by commas", "read,write")
    .option("--name <name>", "what it is for")
    .option("--expires <time>", "when it ends, ISO 8601")
    .option("--origins <origins>", "the pages that may use it, separated by commas")
    .option("--json", "print the whole key as JSON")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./keys.ts")).createKey(flags)));
  keys
    .command("list")
    .option("--seller <id>", "of this seller only")
    .option("--json", "print one JSON line for each")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./keys.ts")).listKeys(flags)));
  keys
    .command("rotate <id>")
    .description("print a new key, which takes the place of this one")
    .option("--overlap <time>", "how long the old one lives on; 0s ends it at once", "24h")
    .option("--expires <time>", "when the new one ends, ISO 8601; with the old one's own end when not said")
    .option("--json", "print the whole key as JSON")
    .option(...dataFlag)
    .action((id, flags) => orFail(async () => (await import("./keys.ts")).rotateKey(id, flags)));
  keys
    .command("revoke <id>")
    .option(...dataFlag)
    .action((id, flags) => orFail(async () => (await import("./keys.ts")).revokeKey(id, flags)));

  program
    .command("import <kind> <file>")
    .description(
      "import products or sales from a CSV or NDJSON file, ours or another system's export (- is standard input)",
    )
    .option("--seller <id>", "whose they are")
    .option("--dry-run", "say what would happen, and do nothing")
    .option("--format <format>", "csv or ndjson; told by the file's name when not said")
    .option("--url <url>", "send it to a server, with --key")
    .option("--key <key>", "the server's key (AMUSED_KEY)")
    .option("--json", "print the result as JSON")
    .option(...dataFlag)
    .action((kind, file, flags) =>
      orFail(async () => (await import("./import.ts")).importFile(kind, file, flags)),
    );

  program
    .command("try <file>")
    .description(
      "from a CSV of sales alone: what ran out, when Amused would have warned, and how wrong it was (- is standard input)",
    )
    .option("--lead-time <days>", "from an order to its arrival", "14")
    .option("--products <n>", "how many to look at, those with the most revenue", "200")
    .option("--stock-days <days>", "stock to assume, in days of usual sales")
    .option("--json", "print all of it as JSON")
    .action((file, flags) => orFail(async () => (await import("./try.ts")).tryFile(file, flags)));

  program
    .command("tail")
    .description("show events as they happen")
    .requiredOption("--url <url>", "the server")
    .option("--key <key>", "a key with the scope read (AMUSED_KEY)")
    .option("--types <types>", "names or noun.*, separated by commas")
    .option("--from <cursor>", "begin after this cursor, or at start")
    .option("--json", "print one JSON line for each")
    .action((flags) => orFail(async () => (await import("./tail.ts")).tail(flags)));

  program
    .command("consumers")
    .description("show where the consumers of the log stand, on the store itself")
    .option("--consumer <name>", "this one only")
    .option("--seller <id>", "with this seller only")
    .option("--json", "print one JSON line for each")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./consumers.ts")).listConsumers(flags)));

  program
    .command("replay")
    .description("set a consumer of the log back, on the store itself, and watch it catch up")
    .requiredOption("--consumer <name>", "which consumer")
    .option("--seller <id>", "with this seller only")
    .option("--from <position>", "start, now, or a cursor of the seller's", "start")
    .option("--no-wait", "do not wait until it has caught up")
    .option("--json", "print progress as JSON lines")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./replay.ts")).replay(flags)));

  const letters = program
    .command("dead-letters")
    .description("what consumers of the log gave up on, on the store itself");
  letters
    .command("list")
    .option("--consumer <name>", "of this one only")
    .option("--seller <id>", "of this seller only")
    .option("--json", "print one JSON line for each")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./dead-letters.ts")).listDeadLetters(flags)));
  for (const [name, description] of [
    ["redrive", "have one, or all that are chosen, handled once more"],
    ["discard", "take one, or all that are chosen, away for good"],
  ] as const)
    letters
      .command(`${name} [id]`)
      .description(description)
      .option("--consumer <name>", "those of this one")
      .option("--seller <id>", "those of this seller")
      .option("--json", "print the count as JSON")
      .option(...dataFlag)
      .action((id, flags) =>
        orFail(async () => {
          const { discardDeadLetters, redriveDeadLetters } = await import("./dead-letters.ts");
          await (name === "redrive" ? redriveDeadLetters : discardDeadLetters)(id, flags);
        }),
      );

  program
    .command("erase")
    .description("erase everything of a seller for good, on the store itself")
    .requiredOption("--seller <id>", "whom")
    .option("--yes", "do it")
    .option("--json", "print what it came to as JSON")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./erase.ts")).erase(flags)));

  program
    .command("doctor")
    .description("check what the server needs, and say how to mend it")
    .option("--port <port>", "the port to look at (PORT, 3000)")
    .option("--host <host>", "the host to look at (HOST, 127.0.0.1)")
    .option(...dataFlag)
    .action((flags) => orFail(async () => (await import("./doctor.ts")).doctor(flags)));

  program
    .command("openapi")
    .description("print the OpenAPI document")
    .action(() => orFail(async () => (await import("./openapi.ts")).openapi()));

  // Without this, what is no command would be an argument too many of the default one.
  const [, , first] = argv;
  const names = [...program.commands.map((command) => command.name()), "help"];
  if (first !== undefined && !first.startsWith("-") && !names.includes(first)) {
    const meant = nearest(first, names);
    program.error(`error: unknown command '${first}'${meant === null ? "" : `; is ${meant} meant?`}`);
  }
  await program.parseAsync(argv);
}
