import { log } from "../numeric/elementary.ts";
import { blocks, type Features } from "./features.ts";

/** A sparse vector: `values[i]` at `slots[i]` for `i` below `length`, `origins[i]` being a word it came from. Valid until the next call. */
export interface Vector {
  slots: Int32Array;
  values: Float32Array;
  origins: Int32Array;
  length: number;
  /** The squared length: 1 where every feature is known, 0 where none is. */
  square: number;
}

/** The features that were seen, each with a slot of its own and the number of items it was seen in. */
export interface Vocabulary {
  /** The number of slots in use. */
  readonly size: number;
  /** The number of items that were counted. */
  items: number;
  readonly keys: Int32Array;
  readonly counts: Int32Array;
  /** The slot of each feature, in `features.keys` itself; -1 where it has none. With `count`, the item is counted and every feature gets a slot. */
  look(features: Features, count?: boolean): Features;
  /** The vector of features that went through `look`. */
  vector(looked: Features): Vector;
  /** Gives a feature the next slot. */
  put(key: number, count: number): void;
}

/** Where there are as many, a vocabulary takes no new features. */
const maxSize = 1 << 20;

export function createVocabulary(expected = 512): Vocabulary {
  let table = new Int32Array(powerOfTwo(expected * 2)).fill(-1);
  let keys = new Int32Array(table.length / 2);
  let counts = new Int32Array(table.length / 2);
  /** How often a slot was met in the block at hand; zero between calls. */
  let met = new Int32Array(table.length / 2);
  let size = 0;
  let slots = new Int32Array(2048);
  let origins = new Int32Array(2048);
  let values = new Float32Array(2048);

  /** The place of a key in the table, or the free one where it would go (linear probing). */
  const place = (key: number): number => {
    const mask = table.length - 1;
    let at = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    while (table[at]! >= 0 && keys[table[at]!] !== key) at = (at + 1) & mask;
    return at;
  };

  const put = (key: number, count: number) => {
    if (size === keys.length) {
      table = new Int32Array(table.length * 2).fill(-1);
      keys = widened(keys);
      counts = widened(counts);
      met = new Int32Array(keys.length);
      for (let slot = 0; slot < size; slot++) table[place(keys[slot]!)] = slot;
    }
    table[place(key)] = size;
    keys[size] = key;
    counts[size++] = count;
  };

  const self: Vocabulary = {
    get size() {
      return size;
    },
    items: 0,
    get keys() {
      return keys;
    },
    get counts() {
      return counts;
    },
    put,
    look(features, count = false) {
      const found = features.keys;
      const end = features.ends[blocks.length - 1]!;
      for (let i = 0; i < end; i++) {
        const key = found[i]!;
        let slot = table[place(key)]!;
        if (slot < 0 && count && size < maxSize) {
          slot = size;
          put(key, 0);
        }
        found[i] = slot;
      }
      if (!count) return features;
      for (let i = 0; i < end; i++) {
        const slot = found[i]!;
        if (slot >= 0 && met[slot]!++ === 0) counts[slot]!++;
      }
      for (let i = 0; i < end; i++) if (found[i]! >= 0) met[found[i]!] = 0;
      self.items++;
      return features;
    },
    vector(looked) {
      // Inverse document frequency (Spärck Jones 1972), smoothed: 1 + ln((1 + items) / (1 + count)).
      const idf = 1 + logOf(1 + self.items);
      const rarest = idf - logOf(2);
      let length = 0;
      let whole = 0;
      for (let b = 0, i = 0; b < blocks.length; b++) {
        const end = looked.ends[b]!;
        if (i === end) continue;
        const first = length;
        // A feature that is not known counts towards the length as a rare one does, so that a text of
        // unknown words is far from everything.
        let square = 0;
        for (; i < end; i++) {
          const slot = looked.keys[i]!;
          if (slot < 0) square += rarest * rarest;
          else if (met[slot]!++ === 0) {
            if (length === slots.length) {
              slots = widened(slots);
              origins = widened(origins);
              values = widenedFloats(values);
            }
            slots[length] = slot;
            origins[length++] = looked.origins[i]!;
          }
        }
        for (let k = first; k < length; k++) {
          const slot = slots[k]!;
          const value = (1 + logOf(met[slot]!)) * (idf - logOf(1 + Math.max(1, counts[slot]!)));
          met[slot] = 0;
          values[k] = value;
          square += value * value;
        }
        const weight = blocks[b]!.weight;
        whole += weight * weight;
        const scale = weight / Math.sqrt(square);
        for (let k = first; k < length; k++) values[k] = values[k]! * scale;
      }
      return merge(length, whole > 0 ? 1 / Math.sqrt(whole) : 0);
    },
  };

  /** Words that stand in the name and in the description are one feature. */
  const merge = (length: number, scale: number): Vector => {
    let merged = 0;
    for (let k = 0; k < length; k++) {
      const slot = slots[k]!;
      const at = met[slot]! - 1;
      if (at >= 0) {
        values[at] = values[at]! + values[k]! * scale;
        continue;
      }
      slots[merged] = slot;
      origins[merged] = origins[k]!;
      values[merged] = values[k]! * scale;
      met[slot] = ++merged;
    }
    let square = 0;
    for (let k = 0; k < merged; k++) {
      met[slots[k]!] = 0;
      square += values[k]! * values[k]!;
    }
    return { slots, values, origins, length: merged, square };
  };
  return self;
}

const logs = Float64Array.from({ length: 8192 }, (_, i) => log(i));
const logOf = (n: number): number => (n < logs.length ? logs[n]! : log(n));

function powerOfTwo(atLeast: number): number {
  let size = 64;
  while (size < atLeast) size *= 2;
  return size;
}

function widened(old: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(old.length * 2);
  wider.set(old);
  return wider;
}

function widenedFloats(old: Float32Array): Float32Array<ArrayBuffer> {
  const wider = new Float32Array(old.length * 2);
  wider.set(old);
  return wider;
}
