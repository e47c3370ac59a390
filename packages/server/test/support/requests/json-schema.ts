import fc, { type Arbitrary } from "fast-check";
import { oddNumber, oddText } from "./odd.ts";

/** The part of JSON Schema that the OpenAPI document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  format?: string;
  pattern?: string;
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

/**
 * Texts that a schema can not tell from others, though a rule behind it does: without these nearly everything would be
 * refused at that rule, and what lies behind it would never be met.
 */
const told: Record<string, Arbitrary<unknown>> = {
  price: fc.constantFrom("4.90", "0", "19.99", 3, 0.5, "9999999999.99"),
  currency: fc.constantFrom("USD", "EUR", "JPY", "KWD"),
  productId: fc.constantFrom(1, 1, 1, 2, 3, 99),
  quantity: fc.constantFrom(1, 1, 1, 2, 3, 40, 1_000_000_000),
  count: fc.constantFrom(0, 7, 1_000_000_000),
  expected: fc.constantFrom(20, 0, 3),
  ttl: fc.constantFrom("1h", "60s", "24h"),
  type: fc.constantFrom("acme.price_matched", "acme.seen", "till.opened"),
  sellerId: fc.constantFrom("acme", "other"),
  after: fc.constant("start"),
  types: fc.constantFrom(["product.*"], ["sale.recorded", "stock.adjusted"], ["acme.seen"]),
};

const times = fc.constantFrom(
  "2026-03-01T00:00:00.000Z",
  "2026-03-02T09:30:00.5Z",
  "2026-03-01T00:00:00.000Z",
  "2026-03-02T11:59:59Z",
  "2026-03-02T12:04:00+02:00",
  "2026-03-09T12:00:00Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
);
const days = fc.constantFrom(
  "2026-03-02",
  "2026-03-05",
  "2025-12-31",
  "2024-02-29",
  "0001-01-01",
  "9999-12-31",
);

/** Values that a schema allows, at its edges too. */
export function allowedBy(schema: Schema, name = ""): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const hint = told[name];
  if (hint)
    return fc.oneof({ arbitrary: hint, weight: 9 }, { arbitrary: plainlyAllowedBy(schema), weight: 1 });
  return plainlyAllowedBy(schema, name);
}

function plainlyAllowedBy(schema: Schema, name = ""): Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => allowedBy(option, name)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return objectOf(schema);
    case "array": {
      const { items = {}, minItems = 0, maxItems = 5 } = schema;
      return fc.array(allowedBy(items), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, 5)),
      });
    }
    case "string":
      return textOf(schema);
    case "integer": {
      const { minimum = -1000, maximum = 1_000_000_000 } = schema;
      return fc.oneof(
        fc.constantFrom(minimum, maximum),
        fc.integer({ min: minimum, max: Math.min(maximum, minimum + 50) }),
      );
    }
    case "number": {
      const { minimum = -1e15, maximum = 1e15 } = schema;
      return fc.oneof(
        fc.constantFrom(minimum, maximum),
        fc.double({ min: minimum, max: maximum, noNaN: true }),
      );
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }: Schema) {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, allowedBy(schema, name)])),
    { requiredKeys: required },
  );
  if (additionalProperties === undefined || additionalProperties === false) return known;
  const value = additionalProperties === true ? {} : additionalProperties;
  const more = fc.dictionary(propertyNames ? textOf(propertyNames) : fc.string(), allowedBy(value), {
    maxKeys: 5,
  });
  return fc.tuple(known, more).map(([a, b]) => ({ ...b, ...a }));
}

function textOf({ format, minLength = 0, maxLength = 60 }: Schema): Arbitrary<string> {
  if (format === "date-time") return times;
  if (format === "date") return days;
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  return fc
    .oneof(
      fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 20) }).filter(fits),
      fc.constantFrom("x".repeat(minLength), "ü".repeat(maxLength), "T-1", "constructor", "toString", "=1+1"),
    )
    .filter(fits);
}

/** A value with one or two things wrong in it, anywhere. */
export function mutated(value: Arbitrary<unknown>): Arbitrary<unknown> {
  const change = fc.record({
    at: fc.array(fc.nat(20), { maxLength: 4 }),
    how: fc.constantFrom("replace", "replace", "remove", "add"),
    name: fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "id", "sellerId", ""), oddText),
    by: oddValue,
  });
  return fc
    .tuple(value, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([value, changes]) => changes.reduce((wrong, { at, ...rest }) => change1(wrong, at, rest), value));
}

interface Change {
  how: string;
  name: string;
  by: unknown;
}

/** Goes down the path as far as there is something below, and changes what is there. */
function change1(value: unknown, [step, ...below]: number[], change: Change): unknown {
  if (typeof value !== "object" || value === null || step === undefined) {
    if (change.how !== "add" || typeof value !== "object" || value === null) return change.by;
    if (Array.isArray(value)) return [...value, change.by];
    return withField(value, change.name, change.by);
  }
  const names = Object.keys(value);
  const name = names[step % Math.max(1, names.length)];
  if (name === undefined) return change.by;
  if (below.length === 0 && change.how === "remove") {
    if (Array.isArray(value)) return value.filter((_, index) => String(index) !== name);
    return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  }
  const changed = change1(Reflect.get(value, name), below, change);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === name ? changed : item));
  return withField(value, name, changed);
}

/** As a field of its own, `__proto__` too. */
function withField(value: object, name: string, field: unknown): object {
  return Object.fromEntries([...Object.entries(value).filter(([other]) => other !== name), [name, field]]);
}

function nested(depth: number, by: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = by(value);
  return value;
}

const oddValue: Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    [],
    {},
    [[]],
    nested(40, (a) => [a]),
    nested(40, (a) => ({ a })),
    nested(200, (a) => [a]),
    Array.from({ length: 2000 }, (_, n) => n),
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`k${n}`, n])),
    { "\0": "\0" },
    { "\ud800": "\udfff" },
    Object.fromEntries([["__proto__", { polluted: true }]]),
    { constructor: { prototype: { polluted: true } } },
  ),
);
