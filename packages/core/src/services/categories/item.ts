import type { CategoryExample, CategoryItem } from "@amused/engines";
import type { Attributes, Product } from "../../domain/product.ts";

/** Of a product, what its category is told from. */
export interface Described {
  name: string;
  description: string;
  price: string;
  currency: string;
  attributes: Attributes;
}

/** A product as the engine takes it; prices are told apart from each other in the house's currency only. */
export function itemOf(
  { name, description, price, currency, attributes }: Described,
  house: string,
): CategoryItem {
  const entries = Object.entries(attributes);
  const brand = entries.find(([key, value]) => key.toLowerCase() === "brand" && typeof value === "string");
  return {
    ...{ name, description },
    ...(brand !== undefined && { brand: brand[1] as string }),
    ...(currency === house && Number(price) > 0 && { price: Number(price) }),
    attributes: Object.fromEntries(entries.filter((entry) => entry !== brand)),
  };
}

/** A product to learn from; `null` where it has no category, or one that the engine would call by another name. */
export function exampleOf(product: Product, house: string): CategoryExample | null {
  const { category } = product;
  if (category === null || category !== category.trim()) return null;
  return { ...itemOf(product, house), category };
}

/** Whether an edit of these fields makes another item. */
export function changesItem(changed: readonly string[]): boolean {
  return changed.some((field) => ["name", "description", "price", "currency", "attributes"].includes(field));
}
