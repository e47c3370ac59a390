import { createReadStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import type { FileFormat, ImportOptions, ImportResult, Seller } from "@amused/core";
import { Refusal } from "./fail.ts";
import { withAmused } from "./house.ts";
import { readSettings } from "./settings.ts";

export interface ImportFlags {
  seller?: string;
  dryRun?: boolean;
  format?: string;
  url?: string;
  key?: string;
  json?: boolean;
  data?: string;
}

/** `amused import products|sales FILE`: into the store itself, or through a running server. */
export async function importFile(kind: string, path: string, flags: ImportFlags): Promise<void> {
  if (kind !== "products" && kind !== "sales")
    throw new Refusal(`What can be imported are products and sales, not ${kind}.`);
  const options: ImportOptions = { format: formatOf(path, flags.format), dryRun: flags.dryRun ?? false };
  if (path !== "-")
    await readable(path).catch(() => {
      throw new Refusal(`The file ${path} can not be read.`);
    });
  const file = path === "-" ? process.stdin : createReadStream(path);
  const result = await withShop(flags, (shop) => shop[kind].import(file, options));
  tell(result, flags);
  if (result.failed > 0) process.exitCode = 1;
}

/** Throws where a file can not be read, or is a folder. */
async function readable(path: string): Promise<void> {
  await access(path, constants.R_OK);
  if ((await stat(path)).isDirectory()) throw new Error("a folder");
}

async function withShop<T>(
  flags: ImportFlags,
  work: (shop: Pick<Seller, "products" | "sales">) => Promise<T>,
): Promise<T> {
  if (flags.url !== undefined) {
    const apiKey = flags.key ?? process.env.AMUSED_KEY;
    if (apiKey === undefined) throw new Refusal("--url needs --key (or AMUSED_KEY).");
    const { createClient } = await import("@amused/client");
    return work(createClient({ baseUrl: flags.url, apiKey }));
  }
  const { seller } = flags;
  if (seller === undefined)
    throw new Refusal("Say whose they are with --seller, or which server with --url and --key.");
  const settings = readSettings({ AMUSED_DATA: flags.data }, process.env);
  return withAmused(settings, (amused) => work(amused.seller(seller, { actor: "amused import" })));
}

function formatOf(path: string, said: string | undefined): FileFormat {
  if (said === "csv" || said === "ndjson") return said;
  if (said !== undefined) throw new Refusal(`--format is csv or ndjson, not ${said}.`);
  return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : "csv";
}

function tell(result: ImportResult, { json, dryRun }: ImportFlags): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { created, updated, skipped, failed, errors } = result;
  for (const { row, message } of errors) console.error(`row ${row}: ${message}`);
  console.log(
    `${dryRun ? "Would be: " : ""}${created} created, ${updated} updated, ${skipped} skipped, ${failed} failed`,
  );
}
