import {
  type Command,
  type Product,
  type ProductEdit,
  type ProductRow,
  type Repositories,
  searchText,
} from "@amused/core";

/** The time of commands that do not say one: the same in every run. */
export const noon: Date = new Date("2025-06-15T12:00:00.000Z");

/** `noon`, so many milliseconds later. */
export function later(ms: number): Date {
  return new Date(noon.getTime() + ms);
}

/** A command of a seller, by nobody in particular. */
export function commandOf(sellerId: string, changes: Partial<Command> = {}): Command {
  return { sellerId, actor: "tester", at: noon, epoch: "suite", idempotency: null, ...changes };
}

/** The same with an idempotency key; the hash of its request is that of the key, when not said. */
export function keyed(sellerId: string, key: string, hash = `hash of ${key}`): Command {
  return commandOf(sellerId, { idempotency: { key, hash } });
}

/** A product to make; what is found and sorted by follows from the name and SKU. */
export function productRow(changes: Partial<ProductRow> = {}): ProductRow {
  const row = {
    ...{
      sku: null,
      name: "Green tea",
      description: "",
      price: "4.90",
      currency: "USD",
      decimals: 2,
      quantity: 0,
    },
    ...{ category: null, attributes: {}, reorderPoint: null, leadTimeDays: null },
    ...{ serviceLevel: null, packSize: null, minimumOrder: null },
    ...changes,
  };
  return { search: searchText(row), ...row };
}

/** Makes a product; its answer's body. */
export async function createProduct(
  store: Repositories,
  sellerId: string,
  changes: Partial<ProductRow> = {},
  command: Partial<Command> = {},
): Promise<Product> {
  return (await store.products.create(commandOf(sellerId, command), productRow(changes))).body.value;
}

/** An edit of a product as it was read. */
export function editOf(product: Product, changes: Partial<ProductEdit["row"]>): ProductEdit {
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
  const old = {
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
  };
  const { quantity: _, ...row } = { ...productRow({ ...old, ...changes }), imageUrl };
  return {
    id: product.id,
    version: product.version,
    row: { ...row, ...changes },
    changed: Object.keys(changes),
  };
}

/** One line of an order. */
export function line(productId: number, quantity: number, price: string | null = null) {
  return { productId, quantity, price };
}

/** Sells, or takes back. */
export function sell(
  store: Repositories,
  command: Command,
  lines: ReturnType<typeof line>[],
  {
    kind = "sale",
    orderId = null,
    soldAt = command.at.toISOString(),
  }: Partial<{ kind: "sale" | "return"; orderId: string | null; soldAt: string }> = {},
) {
  return store.sales.record(command, { kind, orderId, soldAt, lines });
}

/** Changes stock by so many units. */
export function adjust(
  store: Repositories,
  command: Command,
  productId: number,
  delta: number,
  expected: number | null = null,
) {
  return store.stock.change(command, { productId, change: { delta }, reason: "test", expected });
}
