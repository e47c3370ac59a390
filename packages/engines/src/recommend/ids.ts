import { hash } from "../text/hash.ts";

/** Numbers for ids, in the order in which they were first seen, and an order that does not depend on that. */
export interface Ids {
  /** The number of an id, new if need be. */
  number(id: string): number;
  find(id: string): number | undefined;
  id(item: number): string;
  hash(item: number): number;
  compare(a: number, b: number): number;
  all(): readonly string[];
}

export function createIds(state: readonly string[] = []): Ids {
  const ids: string[] = [];
  const hashes: number[] = [];
  const numbers = new Map<string, number>();

  function number(id: string): number {
    let found = numbers.get(id);
    if (found === undefined) {
      found = ids.push(id) - 1;
      numbers.set(id, found);
      hashes.push(hash(id));
    }
    return found;
  }
  for (const id of state) number(id);

  return {
    number,
    find: (id) => numbers.get(id),
    id: (item) => ids[item]!,
    hash: (item) => hashes[item]!,
    compare(a, b) {
      if (a === b) return 0;
      return ids[a]! < ids[b]! ? -1 : 1;
    },
    all: () => ids,
  };
}
