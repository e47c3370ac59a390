import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAmused, type ImportResult, importColumns, memoryStore, type Seller } from "@amused/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { productRows } from "../src/cli/files/product-rows.ts";
import { salesRows } from "../src/cli/files/sales-rows.ts";
import { listen } from "../src/cli/listen.ts";
import { failuresOf } from "../src/cli/refused-rows.ts";
import { testApp } from "./support/app.ts";
import { amused, folder } from "./support/process.ts";
import { smallShop, written } from "./support/sales-files.ts";

const nothing = () => {};

/** In pieces that cut lines and characters in two. */
async function* pieces(file: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(file);
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

const products = (file: string | Uint8Array) => productRows(pieces(file), nothing);
const sales = (file: string | Uint8Array) => salesRows(pieces(file), () => pieces(file), nothing);

async function shop(): Promise<Seller> {
  const house = await createAmused({ store: memoryStore() });
  onTestFinished(() => house.close());
  return house.seller("acme");
}

async function imported(
  seller: Seller,
  kind: "products" | "sales",
  file: string | Uint8Array,
): Promise<ImportResult> {
  const { rows, format, rowInFile } = await (kind === "products" ? products(file) : sales(file));
  const result = await seller[kind].import(rows, { format });
  return { ...result, errors: result.errors.map((error) => ({ ...error, row: rowInFile(error.row) })) };
}

async function exported(seller: Seller, kind: "products" | "sales") {
  const text = await new Response(seller[kind].export({ format: "ndjson" })).text();
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const done = (created: number) => ({ created, updated: 0, skipped: 0, failed: 0, errors: [] });

describe("whatever can be tried can be imported", () => {
  const sold = smallShop(30);
  for (const [name, write] of Object.entries(written))
    test(name, async () => {
      const seller = await shop();
      const file = write(sold);
      expect(await imported(seller, "products", file)).toEqual(done(6));
      expect(await imported(seller, "sales", file)).toEqual(done(sold.length));
      const catalogue = await exported(seller, "products");
      expect(catalogue).toContainEqual(
        expect.objectContaining({ sku: "10003", name: 'Café n° 3, "mild"', price: "7.00", quantity: 0 }),
      );
      const rows = await exported(seller, "sales");
      const plain = rows.map(({ sku, quantity, price, soldAt }) => [
        sku,
        quantity,
        price,
        soldAt.slice(0, 10),
      ]);
      expect(plain.sort()).toEqual(
        sold.map(({ sku, units, price, day }) => [sku, units, price.toFixed(2), day]).sort(),
      );
      expect(await imported(seller, "sales", file)).toMatchObject({ created: 0, skipped: sold.length });
    });
});

describe("a file of sales", () => {
  test("is imported with the moments that it says, and UTC where it says no zone", async () => {
    const seller = await shop();
    const said = ["12/1/10 8:26", "12/31/2010 11:05:06 PM", "1/2/2011", "1/2/2011 around noon"];
    const file = ["StockCode,Quantity,InvoiceDate", ...said.map((date) => `85123A,1,${date}`)].join("\n");
    await imported(seller, "products", file);
    await imported(seller, "sales", file);
    const zoned =
      'sku,quantity,soldAt\n85123A,1,2024-03-01 09:00:00 -0500\n85123A,1,"2024-03-01T09:00:00.25+02:00"\n';
    expect(await imported(seller, "sales", zoned)).toMatchObject({ created: 2 });
    expect((await exported(seller, "sales")).map(({ soldAt }) => soldAt)).toEqual([
      "2024-03-01T14:00:00.000Z",
      "2024-03-01T07:00:00.250Z",
      "2011-01-02T00:00:00.000Z",
      "2011-01-02T00:00:00.000Z",
      "2010-12-31T23:05:06.000Z",
      "2010-12-01T08:26:00.000Z",
    ]);
  });

  test("says which of its own rows can not be taken, whatever was left out before them", async () => {
    const seller = await shop();
    const file = [
      "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice",
      "1,POST,1,2011-01-01,18",
      "1,85123A,1,2011-01-01,2.55",
      "1,85123A,two,2011-01-01,2.55",
      "2,85123A,1,2011-01-01,0",
      "2,85123A,1,2011-02-30,2.55",
      "C3,85123A,1,2011-01-02,2.55",
    ].join("\n");
    await imported(seller, "products", file);
    const { errors, ...counts } = await imported(seller, "sales", file);
    expect(counts).toMatchObject({ created: 2, failed: 2 });
    expect(errors.map(({ row, path }) => [row, path])).toEqual([
      [3, "quantity"],
      [5, "soldAt"],
    ]);
    expect((await exported(seller, "sales")).map(({ quantity }) => quantity)).toEqual([-1, 1]);
  });

  test("with a column that nobody knows is refused, and so is one whose dates show only in the whole", async () => {
    await expect(sales("sku,quantity,soldAt,prise\n")).rejects.toThrow(
      "prise: no column of a sales file, which has sku, productId, quantity, soldAt, price, orderId, name. Rename it, or take it out.",
    );
    await expect(sales("item,qty\n")).rejects.toThrow(
      /^No known columns: the file has item, qty; what is read/,
    );
    const once = await salesRows(pieces("sku,quantity,soldAt\nT,1,1/2/2024\n"), null, nothing);
    const read = async () => {
      for await (const _ of once.rows);
    };
    await expect(read()).rejects.toThrow(/^Whether 1\/2\/2024 has the day or the month first/);
  });
});

describe("a file of products", () => {
  test("may have all columns, written as a spreadsheet of the continent writes them", async () => {
    const seller = await shop();
    const file = [
      "SKU;Name;Description;Price;Currency;Quantity;Category;Reorder point;lead_time_days;Service level;Pack size;Minimum order;attributes.Größe",
      'T-1;"Tee; grün";;1.234,50;EUR;40;Tee;8;14;0,95;6;12;L',
    ].join("\r\n");
    expect(await imported(seller, "products", Buffer.from(file, "latin1"))).toEqual(done(1));
    expect(await exported(seller, "products")).toEqual([
      {
        ...{
          sku: "T-1",
          name: "Tee; grün",
          description: "",
          price: "1234.50",
          currency: "EUR",
          quantity: 40,
        },
        ...{ category: "Tee", reorderPoint: 8, leadTimeDays: 14, serviceLevel: 0.95, packSize: 6 },
        ...{ minimumOrder: 12, attributes: { Größe: "L" } },
      },
    ]);
  });

  test("with a column that nobody knows is refused with those that are", async () => {
    await expect(products("sku,title\n")).rejects.toThrow(
      "title: no column of a products file, which has sku, name, description, price, currency, quantity, category, reorderPoint, leadTimeDays, serviceLevel, packSize, minimumOrder, and attributes.NAME for whatever else there is. Rename it, or take it out.",
    );
  });
});

describe("what an import refuses is told by its causes", () => {
  test("sales of unknown products are one line and what to do", async () => {
    const seller = await shop();
    const file = written["our own"]!(smallShop(300));
    const result = await imported(seller, "sales", file);
    expect(result.failed).toBe(1786);
    expect(failuresOf(result)).toEqual([
      "1,000 rows (1, 2, 3, 4, 5, …): such as sku: there is no product 10001: import products first",
      "These are the first 1,000 of 1,786 rows that were refused.",
      "Products come before their sales: amused import products FILE. FILE may be this file of sales: its products are taken from it.",
    ]);
  });

  test("alike faults stand together, and only so many causes are named", () => {
    const errors = [
      { row: 1, message: "has 3 cells, the header has 5" },
      { row: 2, message: "has 2 cells, the header has 5" },
      ...Array.from({ length: 12 }, (_, i) => ({ row: 3 + i, message: `fault ${"abcdefghijkl"[i]}` })),
    ];
    const lines = failuresOf({ failed: 14, errors });
    expect(lines[0]).toBe("2 rows (1, 2): such as has 3 cells, the header has 5");
    expect(lines[1]).toBe("row 3: fault a");
    expect(lines.slice(10)).toEqual(["… and 3 more causes (--json has them)"]);
  });
});

test("the documentation names every column", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../docs/files.md"), "utf8");
  for (const { needed, others } of Object.values(importColumns))
    for (const name of [...needed.flat(), ...others]) expect(text).toContain(`\`${name}\``);
});

describe("over HTTP", { timeout: 120_000 }, () => {
  test("the command sends another system's file to a server", async () => {
    const { url, key } = await served();
    const path = join(await folder(), "orders.csv");
    await writeFile(path, written["a Shopify export"]!(smallShop(30)));
    const run = async (kind: string) => {
      const command = amused(["import", kind, path, "--url", url, "--key", key]);
      return [await command.ended, command.stdout(), command.stderr()];
    };
    expect(await run("products")).toEqual([0, "6 created, 0 updated, 0 skipped, 0 failed\n", ""]);
    expect(await run("sales")).toEqual([0, "180 created, 0 updated, 0 skipped, 0 failed\n", ""]);
  });
});

/** A server on a store in memory, listening as the command does. */
async function served(): Promise<{ url: string; key: string }> {
  let url = "";
  const { key } = await testApp({}, async (app) => {
    const server = await listen((request) => app.fetch(request), 0, "127.0.0.1");
    onTestFinished(() => server.close(0));
    url = server.url;
    return { raw: (path, init) => fetch(url + path, init) };
  });
  return { url, key };
}
