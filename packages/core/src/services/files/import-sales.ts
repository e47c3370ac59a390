import { z } from "zod";
import { amountSchema, formatAmount, tooFine } from "../../domain/money.ts";
import { parse } from "../../domain/parse.ts";
import type { Product } from "../../domain/product.ts";
import { idSchema } from "../../domain/seller.ts";
import { visibleText } from "../../domain/text.ts";
import { clockTolerance, dateSchema, momentSchema } from "../../domain/time.ts";
import { maxUnits } from "../../domain/units.ts";
import { invalidRequest } from "../../errors.ts";
import type { Command, ImportedSale, Repositories } from "../../ports/repositories.ts";
import { readWholeCell } from "./cells.ts";
import type { Report } from "./report.ts";
import type { FileRow } from "./rows.ts";

const rowSchema = z.strictObject({
  sku: visibleText(100).nullish(),
  productId: idSchema.nullish(),
  quantity: z
    .int("must be a whole number")
    .min(-maxUnits, "must be at least -1,000,000,000")
    .max(maxUnits, "must be at most 1,000,000,000")
    .refine((quantity) => quantity !== 0, "must not be 0"),
  price: amountSchema.nullish(),
  soldAt: z.union([momentSchema, dateSchema.transform((date) => `${date}T00:00:00.000Z`)], {
    error: "must be an ISO 8601 time with a zone, or a date",
  }),
  orderId: visibleText(200).nullish(),
});
type Wanted = z.output<typeof rowSchema>;

/** What a row says about a sale; an empty cell says nothing. */
export function readSaleCells(fields: Record<string, unknown>): Record<string, unknown> {
  const said = Object.fromEntries(Object.entries(fields).filter(([, cell]) => cell !== ""));
  for (const name of ["quantity", "productId"]) if (name in said) said[name] = readWholeCell(said[name]);
  return said;
}

/** Takes rows into the sales history, in batches that end between two orders: an interrupted import leaves no half order. */
export function salesImporter(
  {
    repositories,
    command,
    importId,
  }: { repositories: Repositories; command: () => Command; importId: string },
  { dryRun, report }: { dryRun: boolean; report: Report },
) {
  let batch: { row: number; wanted: Wanted }[] = [];

  async function flush(): Promise<void> {
    const rows = batch;
    batch = [];
    if (rows.length === 0) return;
    const products = await lookup(rows.map(({ wanted }) => wanted));
    const lines: ImportedSale[] = [];
    for (const { row, wanted } of rows) {
      try {
        lines.push(lineOf(wanted, products(wanted)));
      } catch (error) {
        report.fail(row, error);
      }
    }
    const { created, skipped } = await repositories.sales.import(command(), importId, lines, dryRun);
    report.created += created;
    report.skipped += skipped;
  }

  async function lookup(rows: Wanted[]): Promise<(row: Wanted) => Product | undefined> {
    const products = await repositories.products.lookup(command().sellerId, {
      skus: [...new Set(rows.flatMap(({ sku }) => sku ?? []))],
      names: [],
      ids: [
        ...new Set(
          rows.flatMap(({ sku, productId }) => (sku == null && productId != null ? [productId] : [])),
        ),
      ],
    });
    const bySku = new Map(products.map((product) => [product.sku, product]));
    const byId = new Map(products.map((product) => [product.id, product]));
    return ({ sku, productId }) => (sku != null ? bySku.get(sku) : byId.get(productId as number));
  }

  return {
    async take(row: FileRow & { fields: Record<string, unknown> }): Promise<void> {
      let wanted: Wanted;
      try {
        wanted = parse(rowSchema, row.fields);
        if (wanted.sku == null && wanted.productId == null)
          throw invalidRequest([{ path: "sku", message: "is required (or productId)" }]);
        if (Date.parse(wanted.soldAt) > command().at.getTime() + clockTolerance.ms)
          throw invalidRequest([{ path: "soldAt", message: `must not be ${clockTolerance.words}` }]);
      } catch (error) {
        report.fail(row.row, error);
        return;
      }
      const sameOrder = wanted.orderId != null && wanted.orderId === batch.at(-1)?.wanted.orderId;
      if (batch.length >= 2000 || (batch.length >= 1000 && !sameOrder)) await flush();
      batch.push({ row: row.row, wanted });
    },
    flush,
    /** Rows taken but not yet written. */
    pending: () => batch.length,
  };
}

function lineOf(wanted: Wanted, product: Product | undefined): ImportedSale {
  if (product === undefined) {
    const [path, value] = wanted.sku != null ? ["sku", wanted.sku] : ["productId", wanted.productId];
    throw invalidRequest([
      { path: path as string, message: `there is no product ${value}: import products first` },
    ]);
  }
  const price = wanted.price == null ? product.price : formatAmount(wanted.price, product.currency);
  if (price === null) throw invalidRequest([{ path: "price", message: tooFine(product.currency) }]);
  return {
    productId: product.id,
    orderId: wanted.orderId ?? null,
    quantity: wanted.quantity,
    price,
    soldAt: wanted.soldAt,
  };
}
