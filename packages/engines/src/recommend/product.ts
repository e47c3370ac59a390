import { EngineError, finite } from "../errors.ts";

/** What the recommender knows of a product. The more, the better what is similar to it is found; `id` and `name` will do. */
export interface RecommendProduct {
  id: string;
  name: string;
  description?: string;
  brand?: string;
  /** A plain name, or a path from the general to the particular (`["Kitchen", "Storage"]` or `Kitchen > Storage`). */
  category?: string | readonly string[];
  /** In one currency for all products. */
  price?: number;
  /** Further facts, as `{ colour: "red", wireless: true }`. */
  attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** The product itself, where its fields are of their types; else an `EngineError` naming the field under `path`. */
export function checkProduct(product: RecommendProduct, path: string): RecommendProduct {
  if (typeof product !== "object" || product === null) throw new EngineError(path, "expected a product");
  checkId(product.id, `${path}.id`);
  text(`${path}.name`, product.name);
  if (product.description !== undefined) text(`${path}.description`, product.description);
  if (product.brand !== undefined) text(`${path}.brand`, product.brand);
  if (product.price !== undefined) finite(`${path}.price`, product.price, 0);
  const { category } = product;
  if (category !== undefined && typeof category !== "string" && !Array.isArray(category))
    throw new EngineError(`${path}.category`, "expected a name or a path of names");
  for (const level of Array.isArray(category) ? category : []) text(`${path}.category`, level);
  for (const [key, value] of Object.entries(product.attributes ?? {})) {
    if (typeof value === "number") finite(`${path}.attributes.${key}`, value);
    else if (typeof value !== "boolean") text(`${path}.attributes.${key}`, value);
  }
  return product;
}

export function checkId(id: string, path: string): string {
  if (typeof id !== "string" || id === "" || id.length > 500)
    throw new EngineError(path, "expected an id of 1 to 500 characters");
  return id;
}

/** Deeper paths are cut: no shop has them, and work stays bounded. */
const maxLevels = 20;

/** The levels of a product's category, from the general to the particular, without blanks around them and empty ones. */
export function levels({ category = [] }: RecommendProduct): readonly string[] {
  const path = typeof category === "string" ? category.split(/[>›]/) : category;
  return path
    .map((level) => level.trim())
    .filter((level) => level !== "")
    .slice(0, maxLevels);
}

function text(field: string, value: string): void {
  if (typeof value !== "string") throw new EngineError(field, "expected a text");
}
