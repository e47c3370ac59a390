import { EngineError, finite } from "../errors.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { Calibration } from "./calibrate.ts";
import { featureSpace } from "./features.ts";
import { coarsest, type Model } from "./fit.ts";
import { checkCategory, maxCategories } from "./item.ts";
import { createVocabulary } from "./vocabulary.ts";
import { createWeights, grain } from "./weights.ts";

/** What a categorizer knows, as plain data for `JSON.stringify`. */
export interface CategorizerJson {
  format: "amused-categorizer";
  version: 1;
  items: number;
  categories: Array<{ name: string; examples: number }>;
  /** Weights of a fit are whole multiples of so many 4096ths. */
  coarse: number;
  calibration: Calibration;
  /** Bytes in base64: for each feature its key, count and weights, as numbers of 7 bits a byte (LEB128). */
  features: string;
}

export function toJson(model: Model): CategorizerJson {
  const { vocabulary, weights } = model;
  const slots = Array.from({ length: vocabulary.size }, (_, slot) => slot);
  slots.sort((a, b) => vocabulary.keys[a]! - vocabulary.keys[b]!);
  const bytes = createWriter();
  let last = 0;
  for (const slot of slots) {
    const { classes, values } = weights.row(slot);
    bytes.put(vocabulary.keys[slot]! - last);
    bytes.put(vocabulary.counts[slot]!);
    bytes.put(classes.length);
    last = vocabulary.keys[slot]!;
    let before = 0;
    for (let k = 0; k < classes.length; k++) {
      bytes.put(classes[k]! - before);
      bytes.put(pack(values[k]! / grain, model.coarse));
      before = classes[k]!;
    }
  }
  return {
    format: "amused-categorizer",
    version: 1,
    items: vocabulary.items,
    categories: model.categories.map((name, c) => ({ name, examples: model.examples[c]! })),
    coarse: model.coarse,
    calibration: { ...model.calibration },
    features: toBase64(bytes.done()),
  };
}

/** More than are ever learned; numbers of 32 bits hold as many. */
const mostItems = 0x7fffffff;

/** The model of `json`; an `EngineError` where it is none. */
export function fromJson(json: CategorizerJson): Model {
  if (json?.format !== "amused-categorizer" || json.version !== 1)
    throw new EngineError("json.format", "expected what toJSON of a categorizer gave, in version 1");
  whole("json.items", json.items, 0, mostItems);
  whole("json.coarse", json.coarse, 1, coarsest);
  for (const key of ["sharpness", "slope", "shift"] as const)
    finite(`json.calibration.${key}`, json.calibration?.[key], key === "shift" ? -100 : 0, 100);
  if (!Array.isArray(json.categories) || json.categories.length > maxCategories)
    throw new EngineError("json.categories", `expected a list of ${maxCategories} at most`);
  for (const [i, one] of json.categories.entries()) {
    checkCategory(one?.name, `json.categories.${i}.name`);
    whole(`json.categories.${i}.examples`, one.examples, 0, mostItems);
  }
  if (new Set(json.categories.map(({ name }) => name)).size < json.categories.length)
    throw new EngineError("json.categories", "expected each name once");
  const bytes = typeof json.features === "string" ? fromBase64(json.features) : undefined;
  if (bytes === undefined) throw new EngineError("json.features", "expected base64");
  const vocabulary = createVocabulary();
  vocabulary.items = json.items;
  const weights = createWeights();
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 1e12) throw new EngineError("json.features", "it ends too early");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  for (let key = 0; at < bytes.length; ) {
    const slot = vocabulary.size;
    const step = next();
    key += step;
    if (key >= featureSpace || (slot > 0 && step === 0))
      throw new EngineError("json.features", "a feature that is none");
    const count = next();
    if (count > json.items) throw new EngineError("json.features", "a feature of more items than there were");
    vocabulary.put(key, count);
    let of = 0;
    for (let left = next(); left > 0; left--) {
      of += next();
      if (of >= json.categories.length)
        throw new EngineError("json.features", "a category that is not there");
      weights.add(slot, of, unpack(next(), json.coarse) * grain);
    }
  }
  return {
    categories: json.categories.map(({ name }) => name),
    examples: json.categories.map(({ examples }) => examples),
    coarse: json.coarse,
    calibration: { ...json.calibration },
    vocabulary,
    weights,
  };
}

function whole(field: string, value: number, min: number, max: number): void {
  if (finite(field, value, min, max) % 1 !== 0) throw new EngineError(field, "expected a whole number");
}

/** Weights of a fit are multiples of `coarse`, and most of them fit in a byte so; the others are told by an odd number. */
const pack = (grains: number, coarse: number): number =>
  grains % coarse === 0 ? 2 * zigzag(grains / coarse) : 2 * zigzag(grains) + 1;
const unpack = (packed: number, coarse: number): number =>
  packed % 2 === 0 ? unzigzag(packed / 2) * coarse : unzigzag((packed - 1) / 2);
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function createWriter() {
  let bytes = new Uint8Array(4096);
  let length = 0;
  return {
    /** A whole number of at least 0, the lowest 7 bits first. */
    put(value: number) {
      if (length + 8 > bytes.length) {
        const wider = new Uint8Array(bytes.length * 2);
        wider.set(bytes);
        bytes = wider;
      }
      let rest = value;
      for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) | 128;
      bytes[length++] = rest;
    },
    done: () => bytes.subarray(0, length),
  };
}
