import { distribution } from "../forecast/distribution.ts";
import type { Demand } from "../forecast/types.ts";
import { exp, log } from "../numeric/elementary.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { random } from "../numeric/random.ts";

/** Paths of demand, row by row `length` periods; and one more probability each, for the lead time. */
export interface Paths {
  readonly count: number;
  readonly length: number;
  readonly demand: Float64Array;
  readonly chance: Float64Array;
}

/**
 * Draws paths: a level factor that starts off by how badly the level is known (gamma) and then walks (log-normal), times counts
 * around it. Start and every period are a Latin hypercube over the paths (McKay, Beckman & Conover 1979), so few of them do, and what is
 * drawn of a period does not depend on how many follow.
 */
export function paths(demand: Demand, length: number, count: number, seed: number): Paths {
  const { mean, drift } = demand;
  const horizon = mean.length;
  const next = random(seed);
  const out = new Float64Array(count * length);
  const chance = new Float64Array(count);
  // Beyond the horizon demand goes on as it was on average.
  let sum = 0;
  for (const m of mean) sum += m;
  const means = Float64Array.from({ length }, (_, h) => (h < horizon ? mean[h]! : sum / horizon));
  const steps = new Float64Array(length);
  let before = 0;
  for (let h = 0; h < length; h++) {
    const now =
      h < horizon
        ? drift[h]!
        : h > 1 && horizon > 1
          ? before + (drift[horizon - 1]! - drift[horizon - 2]!)
          : before;
    // Independent factors of mean 1 whose product has the variance wanted.
    steps[h] = Math.max(0, log((1 + now) / (1 + before)));
    before = Math.max(now, before);
  }
  const start = distribution(1, length > 0 ? Math.max(1e-12, drift[0]!) : 1e-12, false);
  const level = Float64Array.from({ length: count }, (_, i) => start.quantile((i + 0.5) / count));
  // Every strip of probability is met once by one path, in each period anew.
  const strip = Int32Array.from({ length: count }, (_, i) => i);
  const shuffle = (): void => {
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      const other = strip[j]!;
      strip[j] = strip[i]!;
      strip[i] = other;
    }
  };
  // The middles of the strips, and the normal quantiles there.
  const middle = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const normal = middle.map(normalQuantile);
  shuffle();
  for (let i = 0; i < count; i++) chance[i] = middle[strip[i]!]!;
  for (let h = 0; h < length; h++) {
    const v = h > 0 ? steps[h]! : 0;
    if (v > 0) {
      const deviation = Math.sqrt(v);
      shuffle();
      for (let i = 0; i < count; i++) level[i]! *= exp(deviation * normal[strip[i]!]! - v / 2);
    }
    shuffle();
    for (let i = 0; i < count; i++) {
      const m = means[h]! * level[i]!;
      const at = strip[i]!;
      out[i * length + h] = m > 1e-9 ? draw(m, demand, middle[at]!, normal[at]!) : 0;
    }
  }
  return { count, length, demand: out, chance };
}

/** Above this shape the gamma distribution's cube root is normal (`distribution.ts`). */
const narrow = 4;
const units = 50;
const terms = 2000;

/** The value of demand with mean `m` at the probability `u`, at which a normal variable is `z`: `distribution(…).quantile(u)` without its tables. */
function draw(m: number, { noise, chance, counts }: Demand, u: number, z: number): number {
  const variance = chance * m + noise * m * m;
  const shape = (m * m) / Math.max(variance, 1e-12 * m * m);
  const unit = counts && m <= units ? 1 : m / units;
  const scaled = m / unit;
  const excess = variance / (unit * unit) - scaled;
  if ((shape < narrow || scaled < 10) && excess > -0.001 * scaled) {
    const p = 1 - 1e-7;
    const to = Math.min(u, p);
    let term: number;
    let size = 0;
    let ratio = scaled;
    if (excess > 0.001 * scaled) {
      size = (scaled * scaled) / excess;
      ratio = scaled / (scaled + size);
      term = exp(size * log(size / (size + scaled)));
    } else term = exp(-scaled);
    const isPoisson = size === 0;
    let k = 0;
    for (let below = term; below < to && k < terms; below += term) {
      term *= isPoisson ? scaled / (k + 1) : ((k + size) / (k + 1)) * ratio;
      k++;
    }
    return counts ? Math.round(k * unit) : k * unit;
  }
  const center = 1 - 1 / (9 * shape);
  const root = center + z / (3 * Math.sqrt(shape));
  const x = root > 0 ? m * root * root * root : 0;
  return counts ? Math.max(0, Math.ceil(x - 0.5)) : x;
}
