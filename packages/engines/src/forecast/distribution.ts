import { exp, log, pow } from "../numeric/elementary.ts";
import { normalCdf, normalQuantile } from "../numeric/normal.ts";

/**
 * A distribution over values of at least 0, given by its mean and variance. Where the variance is large for the mean it is
 * negative binomial (Poisson demand at a gamma-distributed rate), summed term by term; large means in units of a
 * fiftieth of the mean, where it passes into the gamma distribution. Else it is the gamma distribution by Wilson & Hilferty
 * (1931): the cube root is normal; good from a shape of 4 on, and for narrow distributions normal itself.
 */
export interface Distribution {
  /** The probability of a value of at most `x`. */
  below(x: number): number;
  /** The least value with at least the probability `p` below or at it; whole where demand is counted. */
  quantile(p: number): number;
}

const nothing: Distribution = { below: (x) => (x >= 0 ? 1 : 0), quantile: () => 0 };

/** Above this shape (squared mean over variance) the cube root is normal to three digits. */
const narrow = 4;
/** Terms of a sum at most; beyond it the tail holds less than a millionth in all but absurd cases. */
const terms = 2000;
const units = 50;

export function distribution(mean: number, variance: number, counts: boolean): Distribution {
  if (!(mean > 1e-9)) return nothing;
  const shape = (mean * mean) / Math.max(variance, 1e-12 * mean * mean);
  const unit = counts && mean <= units ? 1 : mean / units;
  const m = mean / unit;
  const excess = variance / (unit * unit) - m;
  if ((shape < narrow || m < 10) && excess > -0.001 * m) return summed(m, excess, unit, counts);
  return cubeRoot(mean, shape, counts);
}

/** The negative binomial (or Poisson, without `excess`) of mean `m` and variance `m + excess`, in units of `unit`. */
function summed(m: number, excess: number, unit: number, counts: boolean): Distribution {
  // Next to no excess is Poisson, the limit.
  const isPoisson = excess <= 0.001 * m;
  const size = isPoisson ? 0 : (m * m) / excess;
  const ratio = m / (m + size);
  const cumulated: number[] = [];
  let term = isPoisson ? exp(-m) : exp(size * log(size / (size + m)));
  let sum = term;
  cumulated.push(sum);
  const extend = (): boolean => {
    const k = cumulated.length;
    if (k >= terms || sum >= 1 - 1e-7) return false;
    term *= isPoisson ? m / k : ((k - 1 + size) / k) * ratio;
    sum += term;
    cumulated.push(Math.min(1, sum));
    return true;
  };
  const whole = unit === 1 && counts;
  return {
    below(x) {
      if (x < 0) return 0;
      const at = x / unit;
      const k = Math.floor(at + 1e-9);
      while (cumulated.length <= k + 1 && extend());
      if (k >= cumulated.length) return 1;
      const below = cumulated[k]!;
      if (whole) return below;
      const above = cumulated[Math.min(k + 1, cumulated.length - 1)]!;
      return below + (above - below) * (at - k);
    },
    quantile(p) {
      while (sum < p && extend());
      let low = 0;
      let high = cumulated.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulated[middle]! >= p) high = middle;
        else low = middle + 1;
      }
      if (whole || low === 0) return low * unit;
      const below = cumulated[low - 1]!;
      const x = (low - 1 + Math.min(1, (p - below) / (cumulated[low]! - below || 1))) * unit;
      return counts ? Math.ceil(x - 1e-9) : x;
    },
  };
}

function cubeRoot(mean: number, shape: number, counts: boolean): Distribution {
  const center = 1 - 1 / (9 * shape);
  const scale = 3 * Math.sqrt(shape);
  // A count stands for all from half a unit below to half a unit above it.
  const half = counts ? 0.5 : 0;
  return {
    below(x) {
      if (x < 0) return 0;
      return normalCdf((pow((x + half) / mean, 1 / 3) - center) * scale);
    },
    quantile(p) {
      const root = center + normalQuantile(p) / scale;
      const x = root > 0 ? mean * root * root * root : 0;
      return counts ? Math.max(0, Math.ceil(x - half - 1e-9)) : x;
    },
  };
}
