import type { Product } from "../../domain/product.ts";
import { atMost } from "../models/use.ts";

/** What of a product its vector is made of: name, category, the beginning of the description, and attributes. */
export function productText({ name, category, description, attributes }: Product): string {
  const facts = Object.entries(attributes)
    .slice(0, 20)
    .map(([key, value]) => `${key}: ${atMost(String(value), 100)}`);
  return [name, category ?? "", atMost(description, 1_000), facts.join(", ")]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n");
}
