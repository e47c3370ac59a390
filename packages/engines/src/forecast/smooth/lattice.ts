/**
 * A lattice of exponential smoothers with fixed settings. Nothing is optimised: each setting runs over the series once, its
 * forecasts on the way are out of sample, and weights by their errors do what an optimiser would, without its variance. All
 * forecast `level + slope · reach(j)`, with the reach of their damping.
 */

/** Gains of levels: from the mean of all to the last value, each about twice the one before. */
const gains = [0.001, 0.015, 0.03, 0.06, 0.12, 0.25, 0.5, 1];

interface Family {
  name: "level" | "damped" | "theta" | "reverting";
  gains: readonly number[];
  /** Of the slope, relative to that of the level; of the mean that a level reverts to. */
  second: readonly number[];
  dampings: readonly number[];
}

const families: readonly Family[] = [
  // Simple exponential smoothing (Brown 1956).
  { name: "level", gains, second: [0], dampings: [0] },
  // Additive damped trend (Gardner & McKenzie 1985).
  { name: "damped", gains: [0.1, 0.3, 0.9], second: [0.05, 0.2], dampings: [0.9, 0.97] },
  // Theta (Assimakopoulos & Nikolopoulos 2000) as smoothing with half the slope of the regression line (Hyndman & Billah 2003).
  { name: "theta", gains: gains.slice(2), second: [0.5], dampings: [1] },
  // A level that falls back to the mean: an AR(1) with noise, as Kalman filters see it.
  { name: "reverting", gains: [0.15, 0.5, 1], second: [0.001, 0.03], dampings: [0.6, 0.9] },
];

interface Member {
  family: number;
  gain: number;
  second: number;
  damping: number;
  reach: number;
}

const dampings = [...new Set(families.flatMap((family) => family.dampings))];

const members: readonly Member[] = families.flatMap((family, index) =>
  family.gains.flatMap((gain) =>
    family.second.flatMap((second) =>
      family.dampings.map((damping) => ({
        family: index,
        gain,
        second,
        damping,
        reach: dampings.indexOf(damping),
      })),
    ),
  ),
);

export const memberCount = members.length;
export const familyNames = families.map((family) => family.name);
export const familyOf = Uint8Array.from(members, (member) => member.family);
const startOf = families.map((_, index) => members.findIndex((member) => member.family === index));
startOf.push(memberCount);
/** Of each member's level. */
export const gainOf = Float64Array.from(members, (member) => member.gain);
const secondOf = Float64Array.from(members, (member) => member.second);
const dampingOf = Float64Array.from(members, (member) => member.damping);
/** Which row of the table of reaches is a member's. */
export const reachOf = Uint8Array.from(members, (member) => member.reach);
const thetaGains = families[2]!.gains.length;

/** What the members know: plain numbers, which a copy (`copyState`) keeps apart. */
export interface State {
  /** Steps seen, and values known among them. */
  steps: number;
  known: number;
  level: Float64Array;
  slope: Float64Array;
  /** Mean age of what a theta member's level is made of, in steps. */
  age: Float64Array;
  /** Sums for the regression line: of x, y, x², xy, y². */
  line: Float64Array;
}

export const newState = (): State => ({
  steps: 0,
  known: 0,
  level: new Float64Array(memberCount),
  slope: new Float64Array(memberCount),
  age: new Float64Array(thetaGains),
  line: new Float64Array(5),
});

export const copyState = (state: State): State => ({
  ...state,
  level: state.level.slice(),
  slope: state.slope.slice(),
  age: state.age.slice(),
  line: state.line.slice(),
});

/**
 * Takes in one value (NaN: unknown) in time that does not depend on the history. `factor` is the seasonal factor it was divided by:
 * where that is small, so is the value's say, as its noise was divided too. Changes `state`.
 */
export function update(state: State, value: number, factor: number): void {
  const { level, slope, age, line } = state;
  const known = !Number.isNaN(value);
  const trust = state.known === 0 ? 1 : Math.min(1, 2 * factor);
  // Until a gain's memory is filled, a level is the plain mean of what came.
  const least = known ? 1 / (state.known + 1) : 0;
  let k = 0;
  for (const end = startOf[1]!; known && k < end; k++)
    level[k]! += trust * Math.max(gainOf[k]!, least) * (value - level[k]!);
  k = startOf[1]!;
  for (const end = startOf[2]!; k < end; k++) {
    const drift = dampingOf[k]! * slope[k]!;
    level[k]! += drift;
    slope[k] = drift;
    if (!known) continue;
    const error = trust * (value - level[k]!);
    level[k]! += Math.max(gainOf[k]!, least) * error;
    // The first errors say where the level is, not how it moves.
    if (state.known > 2) slope[k]! += gainOf[k]! * secondOf[k]! * error;
  }
  for (let a = 0; a < thetaGains; a++, k++) {
    const gain = known ? trust * Math.max(gainOf[k]!, least) : 0;
    if (known) level[k]! += gain * (value - level[k]!);
    age[a] = (1 - gain) * (age[a]! + 1);
  }
  for (; known && k < memberCount; k++) {
    level[k]! += trust * Math.max(gainOf[k]!, least) * (value - level[k]!);
    // The mean, in the place of a slope.
    slope[k]! += Math.max(secondOf[k]!, least) * (value - slope[k]!);
  }
  if (known) {
    const x = state.steps;
    line[0]! += x;
    line[1]! += value;
    line[2]! += x * x;
    line[3]! += x * value;
    line[4]! += value * value;
    state.known++;
  }
  state.steps++;
}

/**
 * The slope of the regression line through eight values or more, times `1 − 4/t²`: nothing is left of one within two standard errors of none.
 * (James & Stein 1961 take 1 in the place of 4; but a slope's noise grows with every step that it is carried.)
 */
function trendOf({ known, line }: State): number {
  const spreadX = known * line[2]! - line[0]! * line[0]!;
  const spreadY = known * line[4]! - line[1]! * line[1]!;
  if (known < 8 || !(spreadX > 0 && spreadY > 0)) return 0;
  const both = known * line[3]! - line[0]! * line[1]!;
  const r2 = Math.min(1, ((both / spreadX) * both) / spreadY);
  // 1/t² is (1 − r²) / (r² (n − 2)).
  const kept = r2 > 0 ? 1 - (4 * (1 - r2)) / (r2 * (known - 2)) : 0;
  return kept > 0 ? (kept * both) / spreadX : 0;
}

/** Every member's forecast is `base[k] + rise[k] · reach`, where `reach = reaches[reachOf[k]][j]` for the step `j` from 0. */
export function lines(state: State, base: Float64Array, rise: Float64Array): void {
  const { level, slope, age } = state;
  const trend = trendOf(state);
  for (let k = 0; k < memberCount; k++) {
    base[k] = level[k]!;
    rise[k] = 0;
  }
  for (let k = startOf[1]!; k < startOf[2]!; k++) {
    base[k] = level[k]! + dampingOf[k]! * slope[k]!;
    rise[k] = dampingOf[k]! * dampingOf[k]! * slope[k]!;
  }
  for (let k = startOf[2]!, a = 0; k < startOf[3]!; k++, a++) {
    rise[k] = trend * secondOf[k]!;
    base[k] = level[k]! + rise[k]! * (age[a]! + 1);
  }
  for (let k = startOf[3]!; k < startOf[4]!; k++) rise[k] = (slope[k]! - level[k]!) * (1 - dampingOf[k]!);
}

/** `1 + φ + … + φ^(j−1)` for each damping φ, `horizon` steps each. */
export function reachTable(horizon: number): Float64Array {
  const table = new Float64Array(dampings.length * horizon);
  for (let d = 0; d < dampings.length; d++) {
    let sum = 0;
    let power = 1;
    for (let j = 0; j < horizon; j++) {
      table[d * horizon + j] = sum;
      sum += power;
      power *= dampings[d]!;
    }
  }
  return table;
}

/** The mixture's forecasts, as many as `out` holds. */
export function mixture(
  base: Float64Array,
  rise: Float64Array,
  weights: Float64Array,
  table: Float64Array,
  out: Float64Array,
): void {
  const horizon = out.length;
  let level = 0;
  const rises = new Float64Array(dampings.length);
  for (let k = 0; k < memberCount; k++) {
    level += weights[k]! * base[k]!;
    rises[reachOf[k]!]! += weights[k]! * rise[k]!;
  }
  for (let j = 0; j < horizon; j++) {
    let value = level;
    for (let d = 0; d < dampings.length; d++) value += rises[d]! * table[d * horizon + j]!;
    out[j] = value;
  }
}
