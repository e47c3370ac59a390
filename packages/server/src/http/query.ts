import { type Fault, faults as faultsOf, invalidRequest, unknownName } from "@amused/core";
import type { z } from "zod";

export type Query = Record<string, unknown>;

/** How each parameter is read, told by its schema once when the app is made. */
export type QueryKinds = ReadonlyMap<string, "number" | "boolean" | "list" | "text">;

/** The longest list of types, and a cursor beside it, take half of it. */
const maxLength = 8_000;

const none: Query = Object.freeze({});

/** Reads the kinds of a query's parameters off its schema. */
export function queryKinds(schema: z.ZodObject | undefined): QueryKinds {
  return new Map(
    Object.entries(schema?.shape ?? {}).map(([name, field]) => [name, kindOf(field as z.ZodType)]),
  );
}

function kindOf(field: z.ZodType): "number" | "boolean" | "list" | "text" {
  const { type, innerType } = field.def as { type: string; innerType?: z.ZodType };
  if (innerType !== undefined) return kindOf(innerType);
  if (type === "number" || type === "boolean") return type;
  return type === "array" ? "list" : "text";
}

/**
 * The query as values: numbers and booleans where the route has them, texts else. What does not read as a number stays
 * text, so that the service refuses it among all other faults.
 */
export function readQuery(url: string, kinds: QueryKinds, schema?: z.ZodObject): Query {
  const from = url.indexOf("?");
  if (from === -1 || from === url.length - 1) return none;
  const text = url.slice(from + 1);
  if (text.length > maxLength)
    throw invalidRequest([{ path: "", message: `the query is longer than ${maxLength} characters` }]);
  if (text.includes("%")) checkEncoding(text);
  const query: Query = Object.create(null);
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    const kind = kinds.get(name);
    if (seen.has(name)) faults.push({ path: name, message: "must not be given twice" });
    else if (kind === undefined)
      faults.push({ path: name, message: unknownName(Object.keys(schema?.shape ?? {})) });
    else query[name] = convert(value, kind);
    seen.add(name);
  }
  if (faults.length > 0) {
    // What the service would have refused is told in the same answer.
    const { sellerId: _seller, ...rest } = query;
    const more = schema?.safeParse(rest).error;
    throw invalidRequest([...(schema && more ? faultsOf(more.issues, schema) : []), ...faults]);
  }
  // Schemas ask for plain objects; the names are known ones, so that the prototype can not be reached.
  return { ...query };
}

function convert(value: string, kind: "number" | "boolean" | "list" | "text"): unknown {
  switch (kind) {
    case "number":
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
    case "boolean":
      return value === "true" ? true : value === "false" ? false : value;
    case "list":
      return value === "" ? [] : value.split(",");
    default:
      return value;
  }
}

function checkEncoding(text: string): void {
  try {
    decodeURIComponent(text);
  } catch {
    throw invalidRequest([{ path: "", message: "the query is not percent-encoded UTF-8" }]);
  }
}
