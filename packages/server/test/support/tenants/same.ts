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
    body:
      told["content-type"] === "application/x-ndjson"
        ? text.split("\n").map((line) => bodyOf(line, plain, withoutIds(names)))
        : bodyOf(text, plain, withoutIds(names)),
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
    return plain(text);
  }
}

/** Takes the ids that were named out of what is said of them. */
function withoutIds(names: Names): (text: string) => string {
  const ids = Object.values(names).filter((value) => typeof value === "number");
  const id = new RegExp(`(?<![\\d.])(${ids.join("|")})(?![\\d.]\\d)\\b`, "g");
  return (text) => text.replace(id, "<id>");
}
