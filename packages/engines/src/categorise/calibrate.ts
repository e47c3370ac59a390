import { exp, log } from "../numeric/elementary.ts";
import { away } from "./descend.ts";

/** How scores become confidences. */
export interface Calibration {
  /** The scores are multiplied by this before the softmax. */
  sharpness: number;
  /** The log odds of the first category are `slope` times those of the softmax, plus `shift`. */
  slope: number;
  shift: number;
}

/** Of shops with too few examples to find their own. */
export const usualCalibration: Calibration = { sharpness: 5, slope: 1, shift: 0 };

/**
 * Scores into probabilities: a softmax of `sharpness · score` in which "none of these" takes part with the score of an
 * example of another class. So what is far from every class gets little from all of them. `scores` is overwritten.
 */
function soften(scores: Float64Array, sharpness: number): void {
  let top = away;
  for (let c = 0; c < scores.length; c++) top = Math.max(top, scores[c]!);
  let sum = exp(sharpness * (away - top));
  for (let c = 0; c < scores.length; c++) {
    scores[c] = exp(sharpness * (scores[c]! - top));
    sum += scores[c]!;
  }
  for (let c = 0; c < scores.length; c++) scores[c] = scores[c]! / sum;
}

/**
 * Scores into confidences, which add up to 1 at most. None is above that of the highest score, though several may be as high.
 * `scores` is overwritten.
 */
export function toConfidences(scores: Float64Array, { sharpness, slope, shift }: Calibration): void {
  if (scores.length === 0) return;
  soften(scores, sharpness);
  const first = highest(scores);
  const before = scores[first]!;
  let second = 0;
  let rest = 0;
  for (let c = 0; c < scores.length; c++) {
    if (c === first) continue;
    second = Math.max(second, scores[c]!);
    rest += scores[c]!;
  }
  const after = 1 / (1 + exp(-(slope * logOdds(before) + shift)));
  // The others share what is left, though none gets more than the first.
  const share = second > 0 ? Math.min((1 - after) / Math.max(1 - before, rest), after / second) : 0;
  for (let c = 0; c < scores.length; c++)
    scores[c] = c === first ? after : Math.min(after, scores[c]! * share);
}

/** The number of the highest, the first of several. */
export function highest(scores: Float64Array): number {
  let best = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c]! > scores[best]!) best = c;
  return best;
}

/** Log odds, of a probability held away from 0 and 1. */
function logOdds(probability: number): number {
  const p = Math.min(Math.max(probability, 1e-4), 1 - 1e-4);
  return log(p / (1 - p));
}

/**
 * The calibration under which held-back examples are likeliest: first the sharpness (temperature scaling, Guo, Pleiss, Sun &
 * Weinberger 2017), then the line from the log odds of the first category to whether it is right (Platt 1999). Both are drawn
 * to the usual ones as by a few examples more. `scores` has a row of one number per category for each label.
 */
export function calibrate(scores: readonly Float64Array[], labels: readonly number[]): Calibration {
  const sharpness = findSharpness(scores, labels);
  const odds = new Float64Array(labels.length);
  const right = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const row = scores[i]!.slice();
    soften(row, sharpness);
    const first = highest(row);
    odds[i] = logOdds(row[first]!);
    right[i] = first === labels[i] ? 1 : 0;
  }
  return { sharpness, ...findLine(odds, right) };
}

function findSharpness(scores: readonly Float64Array[], labels: readonly number[]): number {
  const usual = log(usualCalibration.sharpness);
  const row = new Float64Array(scores[0]!.length);
  const loss = (logSharpness: number): number => {
    const off = logSharpness - usual;
    let sum = 2 * off * off;
    for (let i = 0; i < labels.length; i++) {
      row.set(scores[i]!);
      soften(row, exp(logSharpness));
      sum -= log(Math.max(row[labels[i]!]!, 1e-12));
    }
    return sum;
  };
  // The loss has one valley: golden section search over a sharpness of 0.5 to 30.
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = log(0.5);
  let high = log(30);
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let lossLeft = loss(left);
  let lossRight = loss(right);
  for (let step = 0; step < 9; step++) {
    if (lossLeft < lossRight) {
      high = right;
      right = left;
      lossRight = lossLeft;
      left = high - golden * (high - low);
      lossLeft = loss(left);
    } else {
      low = left;
      left = right;
      lossLeft = lossRight;
      right = low + golden * (high - low);
      lossRight = loss(right);
    }
  }
  return exp((low + high) / 2);
}

/**
 * Logistic regression on one variable, with a normal prior (slope 1 ± 0.5, shift 0 ± 1), by Newton's method with the bound
 * of its curvature in place of the curvature: each step is sure to lower the loss (Böhning & Lindsay 1988).
 */
function findLine(odds: Float64Array, right: Uint8Array): { slope: number; shift: number } {
  let slope = 1;
  let shift = 0;
  let [hSlope, hBoth, hShift] = [4, 0, 1];
  for (const x of odds) {
    hSlope += 0.25 * x * x;
    hBoth += 0.25 * x;
    hShift += 0.25;
  }
  const determinant = hSlope * hShift - hBoth * hBoth;
  for (let step = 0; step < 100; step++) {
    let gSlope = 4 * (slope - 1);
    let gShift = shift;
    for (let i = 0; i < odds.length; i++) {
      const x = odds[i]!;
      const off = 1 / (1 + exp(-(slope * x + shift))) - right[i]!;
      gSlope += off * x;
      gShift += off;
    }
    slope -= (gSlope * hShift - gShift * hBoth) / determinant;
    shift -= (gShift * hSlope - gSlope * hBoth) / determinant;
  }
  // A line that falls would turn confidence round: keep what rises, and what any shop has shown.
  return { slope: Math.min(Math.max(slope, 0.2), 3), shift: Math.min(Math.max(shift, -5), 5) };
}
