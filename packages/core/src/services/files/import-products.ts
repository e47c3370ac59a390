import type { z } from "zod";
import { parse } from "../../domain/parse.ts";
import { newProductSchema, type Product } from "../../domain/product.ts";
import { AmusedError, invalidRequest } from "../../errors.ts";
import type { Command, ProductImport, Repositories } from "../../ports/repositories.ts";
import { editOf, newRow } from "../products.ts";
import { readAttributeCell, readDecimalCell, readWholeCell } from "./cells.ts";
import type { Report } from "./report.ts";
import type { FileRow } from "./rows.ts";

const rowSchema = newProductSchema.partial();
type Wanted = z.output<typeof rowSchema>;

/** The columns that hold whole numbers. */
const whole = ["quantity", "reorderPoint", "leadTimeDays", "packSize", "minimumOrder"];

/** What a row says about a product; an empty cell says nothing. */
export function readProductCells(fields: Record<string, unknown>): Record<string, unknown> {
  const said = Object.entries(fields).filter(([, cell]) => cell !== "");
  const attributes = said.filter(([name]) => name.startsWith("attributes."));
  const product = Object.fromEntries(said.filter(([name]) => !name.startsWith("attributes.")));
  for (const name of whole) if (name in product) product[name] = readWholeCell(product[name]);
  if ("serviceLevel" in product) product.serviceLevel = readDecimalCell(product.serviceLevel);
  if (attributes.length > 0)
    product.attributes = Object.fromEntries(
      attributes.map(([name, cell]) => [name.slice("attributes.".length), readAttributeCell(String(cell))]),
    );
  return product;
}

/**
 * Takes rows into the catalogue: by SKU, or by name among those without a SKU. Rows are gathered into batches, each written
 * as one; a SKU that comes again ends the batch, so that the later row finds what the earlier one made.
 */
export function productImporter(
  {
    repositories,
    currency,
    command,
  }: { repositories: Repositories; currency: string; command: () => Command },
  { dryRun, report }: { dryRun: boolean; report: Report },
) {
  let batch = new Map<string, { row: number; wanted: Wanted }>();
  // What a dry run would have made by now, so that a later row of the same SKU is not counted as new again.
  const imagined = new Set<string>();
  const nthInFile = counter();

  async function flush(): Promise<void> {
    const rows = batch;
    batch = new Map();
    for (let attempt = 0; rows.size > 0 && attempt < 10; attempt++) {
      const { creates, updates, skipped } = plan(rows, await lookup(rows));
      const work: ProductImport = { create: creates.map(({ row }) => row), update: updates };
      const nothing = creates.length + updates.length === 0;
      if (!dryRun && !nothing && (await repositories.products.import(command(), work)) === null) continue;
      for (const { key } of creates) imagined.add(key);
      report.created += creates.length;
      report.updated += updates.length;
      report.skipped += skipped;
      return;
    }
    if (rows.size > 0)
      throw new AmusedError("unavailable", "The catalogue is edited by many at once. Import again.", {
        retryAfter: 1,
      });
  }

  function lookup(rows: typeof batch): Promise<Product[]> {
    const wanted = [...rows.values()].map(({ wanted }) => wanted);
    return repositories.products.lookup(command().sellerId, {
      skus: wanted.flatMap(({ sku }) => (sku == null ? [] : [sku])),
      names: wanted.flatMap(({ sku, name }) => (sku == null && name !== undefined ? [name] : [])),
      ids: [],
    });
  }

  /** Says what each row of a batch comes to; rows that come to an error leave the batch. */
  function plan(rows: typeof batch, products: Product[]) {
    const nth = counter();
    const known = new Map(products.map((product) => [keyOf(product, nth), product]));
    const creates: { key: string; row: ReturnType<typeof newRow> }[] = [];
    const updates: ProductImport["update"] = [];
    let skipped = 0;
    for (const [key, { row, wanted }] of rows) {
      try {
        const product = known.get(key);
        if (product === undefined && imagined.has(key)) {
          updates.push({ id: 0, edit: null, count: null });
        } else if (product === undefined) {
          creates.push({ key, row: newRow(parse(newProductSchema, wanted), currency) });
        } else {
          const { quantity, ...changes } = wanted;
          const edit = editOf(product, changes);
          const count = quantity === undefined || quantity === product.quantity ? null : quantity;
          if (edit === null && count === null) skipped++;
          else updates.push({ id: product.id, edit, count });
        }
      } catch (error) {
        rows.delete(key);
        report.fail(row, error);
      }
    }
    return { creates, updates, skipped };
  }

  return {
    async take(row: FileRow & { fields: Record<string, unknown> }): Promise<void> {
      let wanted: Wanted;
      try {
        wanted = parse(rowSchema, row.fields);
        if (wanted.sku == null && wanted.name === undefined)
          throw invalidRequest([{ path: "name", message: "is required" }]);
      } catch (error) {
        report.fail(row.row, error);
        return;
      }
      const key = keyOf(wanted, nthInFile);
      if (batch.has(key) || batch.size >= 500) await flush();
      batch.set(key, { row: row.row, wanted });
    },
    flush,
    /** Rows taken but not yet written. */
    pending: () => batch.size,
  };
}

/**
 * What a row is known by: its SKU, or else its name and how often that stood there before. So the second row of a name is
 * the second product of that name, and a catalogue that has both comes back as it was.
 */
function keyOf(
  { sku, name }: { sku?: string | null | undefined; name?: string | undefined },
  nth: (name: string) => number,
): string {
  return sku == null ? `name ${nth(name ?? "")} ${name}` : `sku ${sku}`;
}

/** Counts how often each name has come. */
function counter(): (name: string) => number {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count;
  };
}
