import { AmusedError, invalidRequest } from "@amused/core";

const maxDepth = 64;
/** Members and elements; a custom event's payload of 64 KB can not have more. */
const maxValues = 50_000;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Refuses a body that does not call itself JSON (`application/json`, `application/…+json`, UTF-8). */
export function checkJsonType(request: Request): void {
  checkNotEncoded(request);
  const type = request.headers.get("content-type");
  if (type === "application/json") return;
  if (type !== null && /^application\/([\w.+-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) return;
  throw new AmusedError("unsupported_media_type", "The body must be application/json in UTF-8.", {
    supported: ["application/json"],
  });
}

/** Refuses compressed bodies: what comes in is bounded by its size. */
export function checkNotEncoded(request: Request): void {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity")
    throw new AmusedError(
      "unsupported_media_type",
      `Bodies can not be sent in the content encoding ${encoding.slice(0, 50)}.`,
      { supported: ["identity"] },
    );
}

/** The value of a JSON body, as plain data: not deeper than 64, of no more than 50,000 values, and with no key that could reach a prototype. */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw fault("is not valid UTF-8");
  }
  checkShape(text);
  try {
    // Escapes could hide the key from a search of the text, hence the look at every key where there are any.
    return /__proto__|\\u00/i.test(text) ? JSON.parse(text, refuseProto) : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw fault(`is not valid JSON: ${error.message}`);
    throw error;
  }
}

function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw fault("must not hold the key __proto__");
  return value;
}

function fault(message: string): AmusedError<"invalid_request"> {
  return invalidRequest([{ path: "", message }]);
}

/** Looks at the text before it becomes values, which take many times as much. */
function checkShape(text: string): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 92) i++;
      else if (unit === 34) inString = false;
    } else if (unit === 34) inString = true;
    else if (unit === 123 || unit === 91) {
      if (++depth > maxDepth) throw fault(`is nested deeper than ${maxDepth} levels`);
    } else if (unit === 125 || unit === 93) depth--;
    else if (unit === 44 && ++values > maxValues) throw fault(`holds more than ${maxValues} values`);
  }
}
