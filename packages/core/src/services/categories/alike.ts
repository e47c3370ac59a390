import type { Product } from "../../domain/product.ts";
import { fold } from "../../domain/text.ts";

type Text = Pick<Product, "name" | "description">;

/** Those of these products whose words are most like a product's, at most ten; of equal ones the newest. */
export function mostAlike(product: Text & { id: number }, among: Product[]): number[] {
  const own = wordsOf(product);
  return among
    .filter(({ id }) => id !== product.id)
    .map((other) => ({ id: other.id, likeness: likeness(own, wordsOf(other)) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness || b.id - a.id)
    .slice(0, 10)
    .map(({ id }) => id);
}

/** Words of the name count double. */
function wordsOf({ name, description }: Text): { name: Set<string>; all: Set<string> } {
  const words = (text: string) => fold(text.slice(0, 1000)).match(/[\p{L}\p{N}]+/gu) ?? [];
  const named = new Set(words(name));
  return { name: named, all: new Set([...named, ...words(description)]) };
}

function likeness(a: ReturnType<typeof wordsOf>, b: ReturnType<typeof wordsOf>): number {
  return 2 * share(a.name, b.name) + share(a.all, b.all);
}

/** Words that both have, of those that either has (Jaccard). */
function share(a: Set<string>, b: Set<string>): number {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}
