import { createHash } from "node:crypto";
import type { z } from "zod";
import { imageTypes, readImage } from "../domain/image/image.ts";
import { currencyDecimals, formatAmount, tooFine } from "../domain/money.ts";
import { parse } from "../domain/parse.ts";
import {
  newProductSchema,
  type Product,
  type ProductSort,
  productChangesSchema,
  productQuerySchema,
  searchText,
} from "../domain/product.ts";
import { fold } from "../domain/text.ts";
import { addDays, dateOf } from "../domain/time.ts";
import { AmusedError, invalidRequest, notFound } from "../errors.ts";
import type { ProductEdit, ProductRow, Written } from "../ports/repositories.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import { describeProduct } from "./describe-product.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Answer, Context, Services } from "./services.ts";

/** The catalogue: descriptions of products. Their quantities change through `stock` and `sales`. */
export function productsService(deps: Deps): Omit<Services["products"], "search"> {
  const { repositories } = deps;

  /** Edits until no one else's edit comes between; `edit` says from the current product what to write. */
  async function update(
    context: Context,
    id: number,
    ifVersion: number | undefined,
    edit: (product: Product) => ProductEdit | null,
  ): Promise<Answer<Product>> {
    const command = commandOf(deps, context);
    for (let attempt = 0; attempt < 10; attempt++) {
      const kept = command.idempotency && (await repositories.idempotency.find(command));
      if (kept) return answerWritten(deps, context.sellerId, kept as Written<Product>);
      const found = await repositories.products.find(context.sellerId, id);
      if (found === null) throw notFound("product", id);
      const product = found.body.value;
      if (ifVersion !== undefined && ifVersion !== product.version) throw otherVersion(product.version);
      const wanted = edit(product);
      if (wanted === null) return answerRead(deps, context.sellerId, found, found.revision);
      const written = await repositories.products.update(command, wanted);
      if (written !== null) return answerWritten(deps, context.sellerId, written);
    }
    throw new AmusedError("unavailable", `Product ${id} is edited by many at once. Try again.`, {
      retryAfter: 1,
    });
  }

  return {
    async create(context, input) {
      const row = newRow(parse(newProductSchema, input), deps.currency);
      return answerWritten(
        deps,
        context.sellerId,
        await repositories.products.create(commandOf(deps, context), row),
      );
    },

    async get(context, id) {
      checkSees(context);
      const found = await repositories.products.find(context.sellerId, id);
      if (found === null) throw notFound("product", id);
      return answerRead(deps, context.sellerId, found, found.revision);
    },

    update(context, id, input, ifVersion) {
      const changes = parse(productChangesSchema, input);
      return update(context, id, ifVersion, (product) => editOf(product, changes));
    },

    async delete(context, id, ifVersion) {
      const command = commandOf(deps, context);
      for (let attempt = 0; attempt < 10; attempt++) {
        const kept = command.idempotency && (await repositories.idempotency.find(command));
        if (kept) return answerWritten(deps, context.sellerId, kept as Written<null>);
        const written = await repositories.products.delete(command, id, ifVersion ?? null);
        if (written !== null) return answerWritten(deps, context.sellerId, written);
        const found = await repositories.products.find(context.sellerId, id);
        if (found === null && command.idempotency === null) break;
        // Someone with the same key may have deleted it between our two looks: look for the answer once more.
        if (found === null && attempt > 0) break;
        if (found !== null && found.body.value.version !== ifVersion)
          throw otherVersion(found.body.value.version);
      }
      throw notFound("product", id);
    },

    describe: (context, id) => describeProduct(deps, context, id),

    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(productQuerySchema, input);
      const sort = filters.sort ?? "id";
      const rows = await repositories.products.list(context.sellerId, {
        limit,
        after: positionOf(cursor, ["products", filters]),
        category: filters.category ?? null,
        words: fold(filters.search ?? "")
          .split(/\s+/)
          .filter((word) => word !== ""),
        maxQuantity: filters.maxQuantity ?? null,
        runsOutBy:
          filters.stockoutWithin === undefined
            ? null
            : addDays(dateOf(deps.now()), filters.stockoutWithin - 1),
        sort: sort.replace("-", "") as ProductSort,
        descending: sort.startsWith("-"),
      });
      return answerRead(deps, context.sellerId, {
        body: pageOf(rows, ["products", filters]),
        head: rows.head,
      });
    },

    async setImage(context, id, body, ifVersion) {
      if (body.length === 0) throw invalidRequest([{ path: "", message: "is empty" }]);
      const image = readImage(body);
      if (image === null)
        throw new AmusedError("unsupported_media_type", "An image must be png, jpeg, webp, avif or gif.", {
          supported: imageTypes,
        });
      // Refuse before storing: a file that no product shows would stay behind.
      if ((await repositories.products.find(context.sellerId, id)) === null) throw notFound("product", id);
      const { bytes, type, extension } = image;
      const name = `${createHash("sha256").update(bytes).digest("hex")}.${extension}`;
      await repositories.files.claim(context.sellerId, name);
      await deps.files.put(name, { bytes, type });
      const imageUrl = `/v1/files/${name}`;
      return update(context, id, ifVersion, (product) =>
        product.imageUrl === imageUrl
          ? null
          : { ...unchanged(product), row: { ...unchanged(product).row, imageUrl }, changed: ["imageUrl"] },
      );
    },
  };
}

function otherVersion(version: number): AmusedError {
  return new AmusedError(
    "precondition_failed",
    `The product has version ${version} by now. Read it again and decide anew.`,
    { version },
  );
}

/** The row of a new product, defaults filled in. */
export function newRow(input: z.output<typeof newProductSchema>, defaultCurrency: string): ProductRow {
  const currency = input.currency ?? defaultCurrency;
  const price = formatAmount(input.price ?? "0", currency);
  if (price === null) throw invalidRequest([{ path: "price", message: tooFine(currency) }]);
  const product = { name: input.name, sku: input.sku ?? null };
  return {
    ...product,
    description: input.description ?? "",
    price,
    currency,
    decimals: currencyDecimals(currency),
    quantity: input.quantity ?? 0,
    category: input.category ?? null,
    attributes: input.attributes ?? {},
    reorderPoint: input.reorderPoint ?? null,
    leadTimeDays: input.leadTimeDays ?? null,
    serviceLevel: input.serviceLevel ?? null,
    packSize: input.packSize ?? null,
    minimumOrder: input.minimumOrder ?? null,
    search: searchText(product),
  };
}

function unchanged(product: Product): Omit<ProductEdit, "changed"> {
  const {
    sku,
    name,
    description,
    price,
    currency,
    category,
    attributes,
    reorderPoint,
    leadTimeDays,
    serviceLevel,
    packSize,
    minimumOrder,
    imageUrl,
  } = product;
  return {
    id: product.id,
    version: product.version,
    row: {
      ...{
        sku,
        name,
        description,
        price,
        currency,
        category,
        attributes,
        reorderPoint,
        leadTimeDays,
        serviceLevel,
        packSize,
        minimumOrder,
        imageUrl,
      },
      decimals: currencyDecimals(currency),
      search: searchText(product),
    },
  };
}

/** What changes make of a product, or `null` when they make nothing of it. */
export function editOf(
  product: Product,
  { attributes, ...changes }: z.output<typeof productChangesSchema>,
): ProductEdit | null {
  const { row, ...version } = unchanged(product);
  // What is not said stays; `undefined` is not said.
  const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const next = { ...row, ...said, attributes: mergeAttributes(product.attributes, attributes) };
  // A price that stays while its currency changes may drop zeros only: 5.00 USD can become 5 JPY, 4.90 can not.
  const price = formatAmount(changes.price ?? next.price.replace(/\.0+$/, ""), next.currency);
  if (price === null) throw invalidRequest([{ path: "price", message: tooFine(next.currency) }]);
  const edited = { ...next, price, decimals: currencyDecimals(next.currency), search: searchText(next) };
  const changed = editable.filter((field) => !same(edited[field], row[field]));
  return changed.length === 0 ? null : { ...version, row: edited, changed };
}

const editable = [
  "sku",
  "name",
  "description",
  "price",
  "currency",
  "category",
  "attributes",
  "reorderPoint",
  "leadTimeDays",
  "serviceLevel",
  "packSize",
  "minimumOrder",
] as const;

function mergeAttributes(
  old: Product["attributes"],
  changes: z.output<typeof productChangesSchema>["attributes"],
): Product["attributes"] {
  const merged = new Map<string, string | number | boolean>(Object.entries(old));
  for (const [name, value] of Object.entries(changes ?? {})) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  if (merged.size > 50)
    throw invalidRequest([{ path: "attributes", message: "must have at most 50 attributes" }]);
  // Not by assignment: an attribute may be called __proto__.
  return Object.fromEntries(merged);
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [x, y] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return x.size === y.size && [...x].every(([name, value]) => y.get(name) === value);
}
