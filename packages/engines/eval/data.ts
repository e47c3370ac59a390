import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";

/** Where the public data sets lie that may not be shipped: beside the repository, or where the environment says. */
export const dataFolder = resolve(
  process.env.AMUSED_EVAL_DATA ?? join(import.meta.dirname, "../../../../shared/data"),
);

export const hasData = existsSync(dataFolder);

/** The rows of a data set, by its path without the ending (`forecast/m3-monthly`). */
export function read<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(dataFolder, `${name}.ndjson.gz`))).toString();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
