import fc, { type Arbitrary } from "fast-check";

/** Texts that have broken programs before. */
export const oddText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "a\udc00b",
    "\ufeff",
    "\uffff",
    "\u202e",
    "ﷺ".repeat(100),
    "x".repeat(5000),
    "é".repeat(201),
    "👩‍👩‍👧‍👦",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "' or 1=1 --",
    "$1",
    "%s%n",
    "../../etc/passwd",
    "null",
    "NaN",
    "-0",
    "1e999",
    "0x10",
    "9007199254740993",
    "\\u0000",
    "\n\r",
    "1,2",
    "*",
    "%",
    "_",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
);

/** Numbers at the edges of what something holds. */
export const oddNumber: Arbitrary<number> = fc.constantFrom(
  -1,
  0,
  -0,
  0.5,
  1e-7,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  1e21,
  1.7e308,
  5e-324,
  -1e300,
);

/** What a header can carry at all: bytes without line ends. */
export const oddHeader: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    "*",
    '"',
    '"1"',
    'W/"1"',
    '"1-1"',
    '"0"',
    ",,,",
    ";q=",
    "text/html",
    "a".repeat(3000),
    "0.1",
    "\u00ff",
  ),
  fc
    .array(fc.integer({ min: 0x21, max: 0xff }), { maxLength: 40 })
    .map((codes) => String.fromCharCode(...codes)),
);
