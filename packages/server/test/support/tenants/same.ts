import { anyMark, type Names } from "./shop.ts";
import type { Answer } from "./world.ts";

/**
 * An answer as anybody would get it who is called otherwise, has other ids and named something else: what is left of two
 * such answers is to be the same.
 */
export function anonymous({ status, headers, text, statements }: Answer, names: Names): unknown {
  const plain = (text: string) =>
    text
      .replace(anyMark, "<mark>")
      .replace(/\b[0-9a-f]{10}\.(\d+)\b/g, "<epoch>.$1")
      .replace(/\b[0-9a-f]{64}\b/g, "<hash>")
      .replace(/\bkey:\d+/g, "key:<id>");
  const { location, ...told } = headers;
  return {
    status,
    headers: JSON.parse(plain(JSON.stringify({ ...told, ...(location && { location: "<made>" }) }))),
    body: bodyOf(text, plain, withoutIds(names)),
    statements,
  };
}

function bodyOf(text: string, plain: (text: string) => string, sentence: (text: string) => string): unknown {
  try {
    return JSON.parse(text, (name, value: unknown) => {
      if (/^(id|.*Id|with|token|expiresAt)$/.test(name) && value !== null) return "…";
      if (typeof value !== "string") return value;
      // Of an event's position it is told how far it is; of a list's not.
      if (name === "nextCursor" && !value.includes(".")) return "<cursor>";
      return plain(name === "detail" || name === "message" ? sentence(value) : value);
    });
  } catch {
    return withoutCells(plain(text));
  }
}

/** A file of the audit has ids in columns, of requests too, and as JSON in a cell. */
function withoutCells(file: string): string {
  return file
    .replace(/^(\d+,[^,\n]*,[a-z_.]+),\d+,/gm, "$1,<id>,")
    .replace(/key:<id>,\d+,[0-9a-f-]{36},/g, "key:<id>,<id>,<request>,")
    .replace(/("+(?:id|\w+Id|with)"+:)\d+/g, "$1<id>");
}

/** Takes the ids that were named out of what is said of them. */
function withoutIds(names: Names): (text: string) => string {
  const ids = Object.values(names).filter((value) => typeof value === "number");
  const id = new RegExp(`(?<![\\d.T:-])(${ids.join("|")})(?![\\d.]\\d)\\b`, "g");
  return (text) => text.replace(id, "<id>");
}
