import { random } from "../numeric/random.ts";

/** Sparse rows one after another: row `i` is at `starts[i]` up to, but not including, `starts[i + 1]`. */
export interface Rows {
  slots: Int32Array;
  values: Float32Array;
  starts: Int32Array;
}

/**
 * The score of every class for what has no known feature, and that which is asked for examples of other classes: a class
 * has to be earned. That it is the same for all serves few examples better than a learned one, and many no worse.
 */
export const away = -1;

/** One linear function per class: `away` plus, for each slot `s`, its value times `weights[s * classes + c]` for class `c`. */
export interface Linear {
  classes: number;
  weights: Float32Array;
  /** The dual variables: `duals[i * classes + c]`. */
  duals: Float32Array;
}

/** What a margin missed by 1 costs beside half the squared length of the weights. Accuracy is flat from 1 to 8. */
const cost = 2;
/** Between the passes over all classes, those with a dual variable below this are left alone; */
const idle = 0.05;
/** and so are dual variables that would move by no more than this. */
const still = 0.005;

export function createLinear(rows: number, slots: number, classes: number): Linear {
  return {
    classes,
    weights: new Float32Array(slots * classes),
    duals: new Float32Array(rows * classes),
  };
}

/**
 * Support vector machines with the squared hinge, one class against the rest, by dual coordinate descent (Hsieh, Chang,
 * Lin, Keerthi & Sundararajan 2008), all classes of a row in one go. Goes on from where `linear` is, so that rows may come later.
 */
export function descend(
  linear: Linear,
  rows: Rows,
  labels: Int32Array,
  chosen: Int32Array,
  passes: number,
  seed: number,
): void {
  const { classes, weights, duals } = linear;
  const { slots, values, starts } = rows;
  const next = random(seed);
  const order = chosen.slice();
  const scores = new Float64Array(classes);
  const steps = new Float64Array(classes);
  const moved = new Int32Array(classes);
  const ridge = 0.5 / cost;
  const active = new Int32Array(classes);
  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, next);
    const all = pass < 2 || pass % 3 === 2;
    for (let at = 0; at < order.length; at++) {
      const row = order[at]!;
      const from = starts[row]!;
      const to = starts[row + 1]!;
      const label = labels[row]!;
      let count = 0;
      for (let c = 0; c < classes; c++)
        if (all || c === label || duals[row * classes + c]! > idle) active[count++] = c;
      for (let m = 0; m < count; m++) scores[m] = away;
      let square = 0;
      for (let k = from; k < to; k++) {
        const value = values[k]!;
        const base = slots[k]! * classes;
        square += value * value;
        if (count === classes) for (let c = 0; c < classes; c++) scores[c]! += value * weights[base + c]!;
        else for (let m = 0; m < count; m++) scores[m]! += value * weights[base + active[m]!]!;
      }
      let changed = 0;
      for (let m = 0; m < count; m++) {
        const c = active[m]!;
        const sign = label === c ? 1 : -1;
        const old = duals[row * classes + c]!;
        const gradient = sign * scores[m]! - 1 + ridge * old;
        const step = Math.max(-old, -gradient / (square + ridge));
        if (Math.abs(step) <= still) continue;
        duals[row * classes + c] = old + step;
        steps[changed] = sign * step;
        moved[changed++] = c;
      }
      if (changed === 0) continue;
      for (let k = from; k < to; k++) {
        const value = values[k]!;
        const base = slots[k]! * classes;
        for (let m = 0; m < changed; m++) weights[base + moved[m]!]! += value * steps[m]!;
      }
    }
  }
}

/** Puts the numbers in a random order (Fisher & Yates). */
function shuffle(order: Int32Array, next: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
