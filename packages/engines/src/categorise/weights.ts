import type { Vector } from "./vocabulary.ts";

/**
 * The weights of all features for all classes, most of which are zero. Whole multiples of `grain`, so that they are written
 * down without loss: a sum of them is exact.
 */
export interface Weights {
  /** Adds `vector · w` of each class to its score. */
  score(vector: Vector, scores: Float64Array): void;
  /**
   * Adds, for each class with a place of at least 0, value times weight of each feature to the sum of its word:
   * `sums[place * width + origin]`.
   */
  trace(vector: Vector, places: Int32Array, width: number, sums: Float64Array): void;
  /** Adds to a weight, to the nearest grain. */
  add(slot: number, of: number, value: number): void;
  /** The classes and weights of a slot that are not zero, in the order of the classes. */
  row(slot: number): { classes: Uint16Array; values: Float32Array };
  /** Takes a class away; those after it move down by one. */
  drop(of: number): void;
}

/** 2^-12: a thousandth of what decides. */
export const grain = 1 / 4096;

/** Rows lie in one pool. A row that grows moves to the end; when half of the pool lies waste, it is packed. */
export function createWeights(): Weights {
  let starts = new Int32Array(1024);
  let lengths = new Uint16Array(1024);
  let classes = new Uint16Array(4096);
  let values = new Float32Array(4096);
  let used = 0;
  let live = 0;

  const find = (slot: number, of: number): number => {
    if (slot >= starts.length) return -1;
    const end = starts[slot]! + lengths[slot]!;
    for (let at = starts[slot]!; at < end; at++) if (classes[at] === of) return at;
    return -1;
  };

  const reserve = (count: number) => {
    if (used + count <= classes.length) return;
    const size = Math.max(classes.length * (live * 2 > used ? 2 : 1), live + count);
    const [oldClasses, oldValues] = [classes, values];
    classes = new Uint16Array(size);
    values = new Float32Array(size);
    used = 0;
    for (let slot = 0; slot < starts.length; slot++) {
      const [from, length] = [starts[slot]!, lengths[slot]!];
      starts[slot] = used;
      for (let at = from; at < from + length; at++) {
        classes[used] = oldClasses[at]!;
        values[used++] = oldValues[at]!;
      }
    }
  };

  const insert = (slot: number, of: number, value: number) => {
    if (slot >= starts.length) {
      const size = Math.max(slot + 1, starts.length * 2);
      const [oldStarts, oldLengths] = [starts, lengths];
      starts = new Int32Array(size);
      lengths = new Uint16Array(size);
      starts.set(oldStarts);
      lengths.set(oldLengths);
    }
    const length = lengths[slot]!;
    reserve(length + 1);
    const from = starts[slot]!;
    // The last row grows where it is, any other moves to the end.
    const to = from + length === used && length > 0 ? from : used;
    classes.copyWithin(to, from, from + length);
    values.copyWithin(to, from, from + length);
    let at = to + length;
    for (; at > to && classes[at - 1]! > of; at--) {
      classes[at] = classes[at - 1]!;
      values[at] = values[at - 1]!;
    }
    classes[at] = of;
    values[at] = value;
    starts[slot] = to;
    lengths[slot] = length + 1;
    used = to + length + 1;
    live++;
  };

  return {
    score(vector, scores) {
      for (let k = 0; k < vector.length; k++) {
        const slot = vector.slots[k]!;
        if (slot >= starts.length) continue;
        const value = vector.values[k]!;
        const end = starts[slot]! + lengths[slot]!;
        for (let at = starts[slot]!; at < end; at++) scores[classes[at]!]! += value * values[at]!;
      }
    },
    trace(vector, places, width, sums) {
      for (let k = 0; k < vector.length; k++) {
        const slot = vector.slots[k]!;
        if (slot >= starts.length) continue;
        const value = vector.values[k]!;
        const origin = vector.origins[k]!;
        const end = starts[slot]! + lengths[slot]!;
        for (let at = starts[slot]!; at < end; at++) {
          const place = places[classes[at]!]!;
          if (place >= 0) sums[place * width + origin]! += value * values[at]!;
        }
      }
    },
    add(slot, of, value) {
      const rounded = Math.floor(value / grain + 0.5) * grain;
      if (rounded === 0) return;
      const at = find(slot, of);
      if (at < 0) insert(slot, of, rounded);
      else values[at] = values[at]! + rounded;
    },
    row(slot) {
      if (slot >= starts.length) return { classes: classes.subarray(0, 0), values: values.subarray(0, 0) };
      const end = starts[slot]! + lengths[slot]!;
      return { classes: classes.subarray(starts[slot]!, end), values: values.subarray(starts[slot]!, end) };
    },
    drop(of) {
      for (let slot = 0; slot < starts.length; slot++) {
        const from = starts[slot]!;
        const end = from + lengths[slot]!;
        let to = from;
        for (let at = from; at < end; at++) {
          if (classes[at] === of) continue;
          classes[to] = classes[at]! - (classes[at]! > of ? 1 : 0);
          values[to++] = values[at]!;
        }
        live -= end - to;
        lengths[slot] = to - from;
      }
    },
  };
}
