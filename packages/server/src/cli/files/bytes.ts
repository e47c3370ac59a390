import { createReadStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { Refusal } from "../fail.ts";

/** What stands in a file, or comes on standard input (`-`). */
export async function bytesOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === "-") return process.stdin;
  const found = await stat(path).catch(() => null);
  if (found === null) throw new Refusal(`There is no file ${path}.`);
  if (found.isDirectory()) throw new Refusal(`${path} is a folder, not a file.`);
  await access(path, constants.R_OK).catch(() => {
    throw new Refusal(`The file ${path} can not be read.`);
  });
  return createReadStream(path);
}
