/** Changes the plain structures of the store and remembers how to undo it. */
export interface Journal {
  put<K, V>(map: Map<K, V>, key: K, value: V): void;
  remove<K, V>(map: Map<K, V>, key: K): void;
  push<T>(list: T[], item: T): void;
  /** Pushes to the list of a key, which need not be there. */
  append<K, T>(lists: Map<K, T[]>, key: K, item: T): void;
  assign<T extends object>(target: T, changes: Partial<T>): void;
  /** The point to which `undo` can go back. */
  mark(): number;
  undo(mark: number): void;
  /** Makes everything so far final. */
  commit(): void;
}

export function journal(): Journal {
  let steps: (() => void)[] = [];

  function restore<K, V>(map: Map<K, V>, key: K): () => void {
    if (!map.has(key)) return () => map.delete(key);
    const old = map.get(key) as V;
    return () => map.set(key, old);
  }

  const self: Journal = {
    put(map, key, value) {
      steps.push(restore(map, key));
      map.set(key, value);
    },
    remove(map, key) {
      steps.push(restore(map, key));
      map.delete(key);
    },
    push(list, item) {
      steps.push(() => list.pop());
      list.push(item);
    },
    append(lists, key, item) {
      const list = lists.get(key);
      if (list === undefined) self.put(lists, key, [item]);
      else self.push(list, item);
    },
    assign(target, changes) {
      const old = { ...target };
      steps.push(() => Object.assign(target, old));
      Object.assign(target, changes);
    },
    mark: () => steps.length,
    undo(mark) {
      // Backwards: a later change may stand on an earlier one.
      while (steps.length > mark) steps.pop()?.();
    },
    commit() {
      steps = [];
    },
  };
  return self;
}
