import { importColumns } from "@amused/core";
import { Refusal } from "../fail.ts";
import { amount } from "./amount.ts";
import type { Rows } from "./rows.ts";
import { findFormat, type SaleReader } from "./sales-file.ts";
import { namesOf, openTable, plainName, type Table } from "./table.ts";

const columns = [...importColumns.products.needed.flat(), ...importColumns.products.others];
const mostProducts = 200_000;

/** The products of a file: of a catalogue its rows, of a file of sales those that were sold. */
export async function productRows(
  bytes: AsyncIterable<Uint8Array>,
  progress: (lines: number) => void,
): Promise<Rows> {
  const table = await openTable(bytes);
  const sales = findFormat(table);
  return sales === null ? catalogue(table, progress) : await soldProducts(table, sales.read, progress);
}

function catalogue({ header, separator, rows }: Table, progress: (lines: number) => void): Rows {
  const known = new Map(columns.map((name) => [plainName(name), name]));
  const names = header.map((name) =>
    /^attributes\../i.test(name) ? name.replace(/^attributes/i, "attributes") : known.get(plainName(name)),
  );
  const strange = header.filter((_, i) => names[i] === undefined);
  if (strange.length > 0)
    throw new Refusal(
      `${namesOf(strange)}: no column of a products file, which has ${columns.join(", ")}, and attributes.NAME for whatever else there is. Rename it, or take it out.`,
    );
  const decimals = [names.indexOf("price"), names.indexOf("serviceLevel")];
  let lines = 0;
  async function* lineByLine(): AsyncGenerator<string> {
    yield csvLine(names as string[]);
    for await (const batch of rows) {
      let text = "";
      for (const row of batch) {
        if (++lines % 10_000 === 0) progress(lines);
        // A row that is no CSV goes on as one with too few cells, so that the others keep their numbers.
        text += csvLine(
          (row ?? [""]).map((cell, i) =>
            decimals.includes(i) ? String(amount(cell, separator === ",") ?? cell) : cell.trim(),
          ),
        );
      }
      if (text !== "") yield text;
    }
  }
  return { format: "csv", rows: lineByLine(), leftOut: {}, rowInFile: (n) => n };
}

/** Each product that was sold, by the name that stood last with it, at the price of its last sale in the file. */
async function soldProducts(
  { rows }: Table,
  read: SaleReader,
  progress: (lines: number) => void,
): Promise<Rows> {
  const products = new Map<string, { name: string; price: number | null; row: number }>();
  let lines = 0;
  for await (const batch of rows)
    for (const row of batch) {
      if (++lines % 10_000 === 0) progress(lines);
      const said = row === null ? "unreadable" : read(row);
      if (typeof said === "string" || said.sku === "") continue;
      const known = products.get(said.sku);
      if (known === undefined && products.size >= mostProducts)
        throw new Refusal(
          `The file has more than ${mostProducts.toLocaleString("en")} products: import a part of it.`,
        );
      const isPriced = typeof said.price === "number" && said.price > 0;
      products.set(said.sku, {
        name: said.name || (known?.name ?? ""),
        price: isPriced ? (said.price as number) : (known?.price ?? null),
        row: known?.row ?? lines,
      });
    }
  const found = [...products];
  async function* lineByLine(): AsyncGenerator<string> {
    for (const [sku, { name, price }] of found)
      yield `${JSON.stringify({ sku, name: name || sku, ...(price === null ? {} : { price }) })}\n`;
  }
  return {
    format: "ndjson",
    rows: lineByLine(),
    leftOut: {},
    rowInFile: (n) => found[n - 1]?.[1].row ?? n,
  };
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
}
