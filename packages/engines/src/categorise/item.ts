import { EngineError, finite } from "../errors.ts";

/** More than shops have; as many still learn in bounded time and memory. */
export const maxCategories = 2048;

/** What a category is told from: the texts of a product and its price, in one currency per categorizer. */
export interface CategoryItem {
  name: string;
  description?: string;
  brand?: string;
  price?: number;
  /** Further facts, as `{ colour: "red", wireless: true }`. */
  attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A product whose category is known: a plain name or a path (`Kitchen > Storage`). */
export interface CategoryExample extends CategoryItem {
  category: string;
}

/** The item itself, where its fields are of their types; else an `EngineError` naming the field under `path`. */
export function checkItem<T extends CategoryItem>(item: T, path = ""): T {
  const at = (field: string) => (path === "" ? field : `${path}.${field}`);
  if (typeof item !== "object" || item === null) throw new EngineError(path || "item", "expected an item");
  text(at("name"), item.name);
  if (item.description !== undefined) text(at("description"), item.description);
  if (item.brand !== undefined) text(at("brand"), item.brand);
  if (item.price !== undefined) finite(at("price"), item.price, 0);
  for (const [key, value] of Object.entries(item.attributes ?? {})) {
    if (typeof value === "number") finite(at(`attributes.${key}`), value);
    else if (typeof value !== "boolean") text(at(`attributes.${key}`), value);
  }
  return item;
}

/** The name of a category, without blanks around it; an `EngineError` where nothing is left or it has over 500 characters. */
export function checkCategory(category: string, field = "category"): string {
  const name = text(field, category).trim();
  if (name === "" || name.length > 500)
    throw new EngineError(field, "expected a name of 1 to 500 characters");
  return name;
}

function text(field: string, value: string): string {
  if (typeof value !== "string") throw new EngineError(field, "expected a text");
  return value;
}
