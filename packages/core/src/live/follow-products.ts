import type { FilteredEvent } from "../domain/event.ts";
import type { Product } from "../domain/product.ts";
import type { LiveProductQuery } from "../seller.ts";
import type { Known } from "./follow.ts";

/** The types of all events that can change what a list of products shows. */
export const productEvents = ["product.*", "stock.adjusted", "sale.*"] as const;

/** An event of one of these types. */
export type ProductEvent = FilteredEvent<(typeof productEvents)[number]>;

/** As much of a product as an event tells. */
type Told = Partial<Product> & Pick<Product, "id">;

/**
 * Says what an event makes of a page of products: the page after it, the same object where it shows nothing of it, or
 * `undefined` where only the store can tell.
 *
 * A page holds every product of its list up to the last it shows, so that wherever one goes by fields that the event
 * tells, its new place is certain as long as it is not beyond that last one. Names are sorted and searched in a folded
 * form which this module does not carry.
 */
export function followProducts({
  limit = 50,
  category,
  search = "",
  maxQuantity,
  sort,
  ...later
}: LiveProductQuery): (page: Known<Product>, event: ProductEvent) => Known<Product> | undefined {
  // A filter that came later than this module may look at anything.
  const foreign = Object.values(later).some((value) => value !== undefined);
  const searches = search.trim() !== "";
  const turn = sort?.startsWith("-") ? -1 : 1;
  const field = (sort ?? "id").replace("-", "") as
    | "id"
    | "name"
    | "price"
    | "quantity"
    | "createdAt"
    | "updatedAt";
  /** The fields by which the list goes. */
  const goesBy = new Set<string>([
    field,
    ...(searches || field === "name" ? ["name", "sku"] : []),
    ...(category === undefined ? [] : ["category"]),
    ...(maxQuantity === undefined ? [] : ["quantity"]),
  ]);

  const keyOf = (product: Told) =>
    field === "price" ? product.price && Number(product.price) : product[field];

  /** Negative where `a` comes first; `undefined` where that can not be told. */
  function compare(a: Told, b: Told): number | undefined {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (field === "name" || x === undefined || y === undefined) return undefined;
    return turn * (x < y ? -1 : x > y ? 1 : a.id - b.id);
  }

  return (page, event) => {
    const { items, whole } = page;
    const { productId: id } = event;
    if (foreign || id === null) return undefined;
    const old = items.find((item) => item.id === id);
    const rest = items.filter((item) => item !== old);
    // What is beyond the page would move up into it.
    const without = () => (old === undefined ? page : whole ? { items: rest, whole } : undefined);

    // Where a category was given, `product.updated` says so.
    if (event.type === "product.categorized") return page;
    if (event.type === "product.deleted") return without();
    const change = changeOf(event);
    if (change === undefined) return undefined;
    const told: Told = { ...old, id, ...change.fields };
    if (!change.names.some((name) => goesBy.has(name)))
      return old === undefined
        ? page
        : { items: items.map((item) => (item === old ? (told as Product) : item)), whole };

    if (maxQuantity !== undefined && told.quantity !== undefined && told.quantity > maxQuantity)
      return without();
    if (category !== undefined && told.category !== undefined && told.category !== category) return without();
    const last = items.at(-1);
    const way = last === undefined ? 0 : compare(told, last);
    if (way === undefined) return undefined;
    if (way > 0 && !whole) return old === undefined ? page : undefined;
    if (searches && (old === undefined || old.name !== told.name || old.sku !== told.sku)) return undefined;
    if (!isComplete(told)) return undefined;
    const at = rest.findIndex((item) => (compare(told, item) ?? 0) < 0);
    const next = rest.toSpliced(at < 0 ? rest.length : at, 0, told);
    return { items: next.slice(0, limit), whole: whole && next.length <= limit };
  };
}

/** What of a product an event tells anew, and the names of all fields that it may have changed. */
function changeOf(
  event: Exclude<ProductEvent, { type: "product.deleted" | "product.categorized" }>,
): { fields: Partial<Product>; names: string[] } | undefined {
  switch (event.type) {
    case "product.created":
      return { fields: event.payload.product, names: Object.keys(event.payload.product) };
    case "product.updated":
      return { fields: event.payload.product, names: [...event.payload.changed, "updatedAt"] };
    case "stock.adjusted":
      return { fields: { quantity: event.payload.quantity, updatedAt: event.createdAt }, names: moved };
    case "sale.recorded":
    case "sale.returned":
      return { fields: { quantity: event.payload.remaining, updatedAt: event.createdAt }, names: moved };
    default:
      return undefined;
  }
}

/** Whatever moves stock writes its own time into the product. */
const moved = ["quantity", "updatedAt"];

function isComplete(product: Told): product is Product {
  return product.name !== undefined;
}
