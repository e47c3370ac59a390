import fc, { type Arbitrary } from "fast-check";
import { sha256 } from "../../../src/http/sha256.ts";
import { oddText } from "./odd.ts";

interface File {
  type: string | null;
  body: string | Uint8Array<ArrayBuffer>;
}

const columns = [
  "sku",
  "name",
  "description",
  "price",
  "currency",
  "quantity",
  "category",
  "attributes.size",
];
const saleColumns = ["sku", "productId", "quantity", "price", "soldAt", "orderId"];
const wrongColumns = ["attributes.__proto__", "attributes.", "__proto__", "constructor", "\0", ""];
const cell = fc.oneof(
  fc.constantFrom(
    "T-1",
    "C-1",
    "Tea",
    "4.90",
    "3",
    "-1",
    "",
    "2026-02-01T10:00:00Z",
    "EUR",
    "1",
    '"a,b"',
    "=1+1",
  ),
  oddText,
);

/** Files of rows, right and wrong ones. */
export const csvBody: Arbitrary<File> = fc
  .record({
    columns: fc.oneof(
      { arbitrary: fc.shuffledSubarray(columns, { minLength: 1 }), weight: 3 },
      { arbitrary: fc.shuffledSubarray(saleColumns, { minLength: 1 }), weight: 3 },
      { arbitrary: fc.shuffledSubarray([...columns, ...wrongColumns], { minLength: 1 }), weight: 1 },
    ),
    rows: fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 6 }),
    end: fc.constantFrom("\n", "\r\n", "\r", ""),
    ndjson: fc.boolean(),
  })
  .map(({ columns, rows, end, ndjson }) =>
    ndjson
      ? {
          type: "application/x-ndjson",
          body: rows
            .map((row) =>
              JSON.stringify(Object.fromEntries(row.map((value, n) => [columns[n] ?? `c${n}`, value]))),
            )
            .join(end),
        }
      : { type: "text/csv", body: [columns, ...rows].map((row) => row.join(",")).join(end) },
  );

/** The image that the shop shows. */
export const image: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="),
  (character) => character.charCodeAt(0),
);
export const shownImage = `${await sha256(image)}.gif`;

const starts = [
  [...image],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff],
  [...bytesOf("RIFF"), 4, 0, 0, 0, ...bytesOf("WEBP")],
  bytesOf("GIF89a"),
  [0, 0, 0, 24, ...bytesOf("ftypavif")],
  bytesOf("<svg onload=alert(1)>"),
  bytesOf("<!doctype html><script>"),
  [],
];

/** Bytes that begin like an image, and go on as they like. */
export const imageBody: Arbitrary<File> = fc
  .record({ start: fc.constantFrom(...starts), rest: fc.uint8Array({ maxLength: 200 }) })
  .map(({ start, rest }) => ({ type: "image/png", body: Uint8Array.from([...start, ...rest]) }));

function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}
