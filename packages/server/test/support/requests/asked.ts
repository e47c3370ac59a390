import fc, { type Arbitrary } from "fast-check";
import { csvBody, imageBody, shownImage } from "./files.ts";
import { allowedBy, mutated } from "./json-schema.ts";
import { oddHeader, oddText } from "./odd.ts";
import { type Described, type Operation, operations } from "./operations.ts";

/** A request to one operation of the document. */
export interface Asked {
  described: Described;
  /** Path and query, as they go over the wire. */
  target: string;
  credential: "right" | "other" | "none" | "nonsense";
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | null;
}

/** Requests that the document allows, and such with something wrong in them. */
export const asked: Arbitrary<Asked> = fc.constantFrom(...operations).chain((described) =>
  fc
    .record({
      target: targetOf(described),
      credential: fc.oneof(
        { arbitrary: fc.constant("right" as const), weight: 20 },
        { arbitrary: fc.constantFrom("other" as const, "none" as const, "nonsense" as const), weight: 1 },
      ),
      known: headersOf(described.operation),
      odd: fc.oneof({ arbitrary: fc.constant({}), weight: 6 }, { arbitrary: oddHeaders, weight: 1 }),
      content: bodyOf(described.operation),
    })
    .map(({ target, credential, known, odd, content }) => ({
      described,
      target,
      credential,
      headers: { ...(content.type !== null && { "content-type": content.type }), ...known, ...odd },
      body: content.body,
    }))
    .map((request) =>
      Object.assign(request, { toString: () => said(request), [fc.toStringMethod]: () => said(request) }),
    ),
);

/** What a report needs to ask it again. */
function said({ described, target, credential, headers, body }: Asked): string {
  const content = typeof body === "string" ? body : body === null ? "" : `bytes ${body.join(" ")}`;
  return `${described.method} ${target} (${credential}) ${JSON.stringify(headers)} ${content.slice(0, 2000)}`;
}

const oddHeaders = fc.dictionary(
  fc.constantFrom(
    "accept",
    "content-type",
    "content-encoding",
    "if-match",
    "if-none-match",
    "idempotency-key",
    "amused-cursor",
    "last-event-id",
    "x-request-id",
    "origin",
    "x-forwarded-for",
    "range",
  ),
  oddHeader,
  { minKeys: 1, maxKeys: 3 },
);

/** Mostly what is allowed, else what is not. */
function mostly<T>(right: Arbitrary<T>, wrong: Arbitrary<T>, weight = 6): Arbitrary<T> {
  return fc.oneof({ arbitrary: right, weight }, { arbitrary: wrong, weight: 1 });
}

/** A right one can not be made up; wrong ones come by themselves. */
const madeByUs = new Set(["cursor", "token"]);

function targetOf({ path, operation }: Described): Arbitrary<string> {
  const parameters = operation.parameters ?? [];
  const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const ids = mostly(fc.constantFrom("1", "2", "3", "99"), oddSegment, 8);
  const keys = mostly(fc.constant(shownImage), oddSegment, 2);
  const queried = parameters.filter((parameter) => parameter.in === "query" && !madeByUs.has(parameter.name));
  const right = fc.record(
    Object.fromEntries(queried.map(({ name, schema }) => [name, allowedBy(schema, name).map(written)])),
    { requiredKeys: queried.filter(({ required }) => required).map(({ name }) => name) },
  );
  // The shop of the key, if any: others are what the credentials test.
  const ofShop = right.map((query) => ("sellerId" in query ? { ...query, sellerId: "acme" } : query));
  const query = mostly(ofShop.map(encoded), fc.tuple(ofShop.map(encoded), oddQuery(queried)).map(joined));
  return fc
    .tuple(fc.tuple(...places.map((name) => (name === "key" ? keys : ids))), query)
    .map(([values, query]) => {
      let at = 0;
      const full = path.replace(/\{\w+\}/g, () => values[at++] as string);
      return query === "" ? full : `${full}?${query}`;
    });
}

const oddSegment = fc.oneof(
  oddText.map((text) => encodeURIComponent(text.toWellFormed()) || "0"),
  fc.constantFrom(
    "%00",
    "%2e%2e%2f",
    "..%2f..%2fetc%2fpasswd",
    "%ff",
    "%",
    "%ED%A0%80",
    "01",
    "-1",
    "1.5",
    "9007199254740992",
  ),
);

function oddQuery(queried: { name: string }[]): Arbitrary<string> {
  const names = [
    ...queried.map(({ name }) => name),
    ...["__proto__", "constructor", "toString", "limit", "cursor", "after", "token", "sellerId"],
  ];
  const value = fc.oneof(
    oddText.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom("%", "%ff", "%00", "%ED%A0%80", "&&", "=", "+"),
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...names), value), { minLength: 1, maxLength: 3 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function encoded(query: Record<string, string>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&");
}

function joined(parts: string[]): string {
  return parts.filter((part) => part !== "").join("&");
}

/** Headers that the operation declares; few keys, so that some come twice. */
function headersOf({ parameters = [] }: Operation): Arbitrary<Record<string, string>> {
  const known: Record<string, Arbitrary<string>> = {
    "Idempotency-Key": fc.constantFrom("k-1", "k-2", "k-3"),
    "If-Match": fc.constantFrom('"1"', '"2"', '"1-1"', "*"),
    "If-None-Match": fc.constantFrom('"1-1"', '"1-0"', "*"),
  };
  const named = parameters.flatMap(({ in: place, name }) => {
    const values = known[name];
    return place === "header" && values ? [[name.toLowerCase(), values] as const] : [];
  });
  return fc.record(Object.fromEntries(named), { requiredKeys: [] }) as Arbitrary<Record<string, string>>;
}

interface Content {
  type: string | null;
  body: string | Uint8Array<ArrayBuffer> | null;
}

function bodyOf({ requestBody }: Operation): Arbitrary<Content> {
  if (requestBody === undefined) return fc.constant({ type: null, body: null });
  const [type = "", { schema = {} } = {}] = Object.entries(requestBody.content)[0] ?? [];
  if (type.startsWith("image/")) return imageBody;
  if (type === "text/csv") return csvBody;
  const value = mostly(allowedBy(schema), mutated(allowedBy(schema)), 1);
  return mostly(
    value.map((value) => ({ type, body: JSON.stringify(value) })),
    fc.oneof(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => ({ type, body: new Uint8Array(bytes) })),
      fc
        .tuple(value, fc.nat(40))
        .map(([value, cut]) => ({ type, body: JSON.stringify(value).slice(0, cut) })),
      fc.constantFrom(
        { type: null, body: null },
        { type, body: "" },
        { type, body: "[".repeat(10_000) },
        { type, body: '{"name":"a","name":"b","price":1e999}' },
        { type, body: '{"name":"\\ud800"}' },
        { type, body: "\ufeff{}" },
        { type: "text/plain", body: "{}" },
      ),
    ),
    12,
  );
}
