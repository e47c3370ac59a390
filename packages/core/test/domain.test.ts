import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCursor, parseCursor } from "../src/domain/cursor.ts";
import { matches } from "../src/domain/event.ts";
import { currencyDecimals, formatAmount } from "../src/domain/money.ts";
import { parse } from "../src/domain/parse.ts";
import { newProductSchema, searchText } from "../src/domain/product.ts";
import { compareCodePoints, fold } from "../src/domain/text.ts";
import { attributeCell, csvLine, readAttributeCell } from "../src/services/files/cells.ts";
import { checkHeader } from "../src/services/files/header.ts";
import { readRows } from "../src/services/files/rows.ts";

const unicode = fc.string({ unit: "binary" });

describe("text", () => {
  test("is ordered as UTF-8 bytes are, which is how PostgreSQL's collation C has it", () => {
    fc.assert(
      fc.property(unicode, unicode, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(
          Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      }),
      {
        seed: 1,
        examples: [
          ["\uffff", "🍵"],
          ["\ud7ff", "\ue000"],
          ["a", "ab"],
        ],
      },
    );
  });

  test("is found whatever its case and accents", () => {
    expect([fold("Crème BRÛLÉE"), fold("ﬁn"), fold("Ｆｕｌｌ"), fold("한국")]).toEqual([
      "creme brulee",
      "fin",
      "full",
      "한국",
    ]);
  });

  test("folds to something that an index and a cursor can hold, however it expands", () => {
    expect(
      Buffer.byteLength(searchText({ name: "\ufdfa".repeat(200), sku: "\ufdfa".repeat(100) })),
    ).toBeLessThan(2000);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (name) =>
        searchText({ name, sku: null }).isWellFormed(),
      ),
      { seed: 1 },
    );
  });
});

describe("money", () => {
  test("has the decimals of ISO 4217, which are not always those of custom", () => {
    expect(["USD", "JPY", "KWD", "CLF", "ISK", "LBP", "HUF"].map(currencyDecimals)).toEqual([
      2, 0, 3, 4, 0, 2, 2,
    ]);
  });

  test("is filled up, never rounded", () => {
    expect([
      formatAmount("4.9", "USD"),
      formatAmount("4.90", "USD"),
      formatAmount("5", "JPY"),
      formatAmount("4.905", "USD"),
      formatAmount("5.0", "JPY"),
    ]).toEqual(["4.90", "4.90", "5", null, null]);
  });

  test("of a number is taken as it is written", () => {
    const price = (price: unknown) => newProductSchema.safeParse({ name: "x", price });
    expect(price(0.1).data?.price).toBe("0.1");
    expect(price("0019.90").data?.price).toBe("19.90");
    for (const wrong of [
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e21,
      1e-7,
      "",
      " 1",
      "1,5",
      "1.",
      ".5",
      "+1",
      "0x10",
      "1e3",
      null,
      true,
      {},
      "12345678901",
      "9999999999.995",
    ])
      expect(price(wrong).success, String(wrong)).toBe(false);
  });
});

describe("a cursor of the log", () => {
  test("comes back as it was, and nothing else is taken for one", () => {
    expect(parseCursor(formatCursor({ epoch: "a1b2", seq: 42 }), "after")).toEqual({
      epoch: "a1b2",
      seq: 42,
    });
    for (const wrong of [
      "",
      ".",
      "a",
      "a.",
      ".1",
      "a.-1",
      "a.01",
      "a.1.2",
      "A.1",
      "a.1 ",
      "a.9999999999999999",
      "a.1e3",
      "\0.1",
    ])
      expect(() => parseCursor(wrong, "after"), wrong).toThrow("is not a cursor");
  });
});

describe("a filter", () => {
  test("takes names, nouns and products", () => {
    const event = { type: "stock.low", productId: 7 };
    expect(matches(event, {})).toBe(true);
    expect(matches(event, { types: ["sale.recorded", "stock.low"] })).toBe(true);
    expect(matches(event, { types: ["stock.*"], productId: 7 })).toBe(true);
    expect(matches(event, { types: ["stoc.*"] })).toBe(false);
    expect(matches(event, { types: ["stock.*"], productId: 8 })).toBe(false);
    expect(matches({ type: "stock", productId: null }, { types: ["stock.*"] })).toBe(false);
  });
});

describe("a cell", () => {
  test("of an attribute reads back as the value it was written from", () => {
    const value = fc.oneof(
      unicode,
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.constantFrom("1", "true", '"a"', "", "007", "-0", "1e5", '"'),
    );
    fc.assert(
      fc.property(value, (value) => {
        const read = readAttributeCell(attributeCell(value));
        expect(read).toBe(Object.is(value, -0) ? 0 : value);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test("comes back from a line of CSV, whatever stands in it", async () => {
    const cell = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\ufffd"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        async (rows) => {
          const lines = rows
            .filter((cells) => cells.some((text) => text !== ""))
            .map((cells) => ["x", ...cells]);
          const file = csvLine(["k", "a", "b", "c"]) + lines.map(csvLine).join("");
          const read: unknown[] = [];
          for await (const row of readRows(file, "csv", () => {}))
            read.push("fields" in row ? Object.values(row.fields) : row);
          expect(read).toEqual(lines);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe("a file", () => {
  const rowsOf = async (file: Parameters<typeof readRows>[0], format: "csv" | "ndjson") => {
    const rows: unknown[] = [];
    for await (const row of readRows(file, format, () => {})) rows.push(row);
    return rows;
  };

  test("is read the same however its bytes are cut", async () => {
    const bytes = new TextEncoder().encode('a,b\r\n"ü, ""x""",🍵\r\nc,"d\ne"\r\n');
    const whole = await rowsOf(bytes, "csv");
    expect(whole).toEqual([
      { row: 1, fields: { a: 'ü, "x"', b: "🍵" } },
      { row: 2, fields: { a: "c", b: "d\ne" } },
    ]);
    async function* single() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    expect(await rowsOf(single(), "csv")).toEqual(whole);
    expect(await rowsOf(new Blob([bytes]), "csv")).toEqual(whole);
  });

  test("may begin with a byte order mark", async () => {
    expect(await rowsOf("\ufeffa\n1\n", "csv")).toEqual([{ row: 1, fields: { a: "1" } }]);
    expect(await rowsOf('\ufeff{"a":1}\n', "ndjson")).toEqual([{ row: 1, fields: { a: 1 } }]);
  });

  test("with a quote that is never closed does not grow in memory without end", async () => {
    async function* endless() {
      yield 'a\n"';
      for (let i = 0; i < 50; i++) yield "x".repeat(100_000);
    }
    expect(await rowsOf(endless(), "csv")).toEqual([
      { row: 1, error: expect.stringContaining("longer than") },
    ]);
    async function* line() {
      for (let i = 0; i < 50; i++) yield "x".repeat(100_000);
    }
    await expect(rowsOf(line(), "ndjson")).rejects.toMatchObject({ code: "payload_too_large" });
  });

  test("with a row that is too long is read up to it, and says so once", async () => {
    const file = `a\ngood\n${"x".repeat(3_000_000)}\nlost\n`;
    expect(await rowsOf(file, "csv")).toEqual([
      { row: 1, fields: { a: "good" } },
      { row: 2, error: expect.stringContaining("nothing after it was read") },
    ]);
  });

  test("of rows that can not be read is not gathered in memory, and each row has its number", async () => {
    const bad = 20_000;
    const rows = (await rowsOf(`a\n${'b"\n'.repeat(bad)}c\n`, "csv")) as { row: number; error?: string }[];
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: bad + 1 }, (_, i) => i + 1));
    expect(rows.at(-1)).toEqual({ row: bad + 1, fields: { a: "c" } });
    // The same text for all of a run, not one for each.
    expect(new Set(rows.map(({ error }) => error)).size).toBeLessThan(1100);
  });

  test("without the columns it needs, or with strange ones, is told which there are", () => {
    const refused = (kind: "products" | "sales", names: string) => () => checkHeader(kind, names.split(","));
    expect(refused("sales", "sku,qty,soldAt")).toThrow(
      "The header has sku, qty, soldAt; a CSV of sales needs sku or productId, quantity, soldAt, and may have price, orderId; quantity: is not in the header; qty: is not a column of this import",
    );
    expect(refused("products", "title,price")).toThrow(
      "a CSV of products needs sku or name, and may have description, price, currency, quantity, category, reorderPoint, leadTimeDays, serviceLevel, packSize, minimumOrder, attributes.NAME; sku or name: is not",
    );
    expect(refused("products", "sku,attributes.size,sku")).toThrow("sku: stands twice in the header");
    expect(() => checkHeader("sales", [])).toThrow("The file has no header row; a CSV of sales needs sku");
    expect(refused("sales", "productId,quantity,soldAt")).not.toThrow();
  });

  test("and an input of very many faults are refused without keeping others waiting", async () => {
    // What looks through all of them for each of them takes minutes, and so fails by the test's own limit.
    const names = Array.from({ length: 200_000 }, (_, i) => `field ${i}`);
    const fields = Object.fromEntries(names.map((name) => [name, 1]));
    expect(() => parse(newProductSchema, fields)).toThrow("(and 199998 more)");
    expect(() => checkHeader("products", ["sku", ...names.slice(0, 998), "sku"])).toThrow("(and 997 more)");
    // A header has a bound of its own.
    await expect(rowsOf(`${names.slice(0, 60_000).join(",")}\n`, "csv")).rejects.toThrow("more than 1,000");
  });
});
