/**
 * The elementary functions in arithmetic that IEEE 754 prescribes to the last bit. `Math.exp` and its kin may differ
 * between the engines of browsers and servers; these do not. Source: Sun's fdlibm (e_exp.c, e_log.c), whose errors are
 * below one unit in the last place.
 */

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** `e` to the power of `x`. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(Math.LOG2E * x + 0.5);
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return scale(y, k);
}

/** `y · 2^k`, in two steps where one would leave the range. */
function scale(y: number, k: number): number {
  if (k > 1000) return y * powerOfTwo(1000) * powerOfTwo(k - 1000);
  if (k < -1000) return y * powerOfTwo(-1000) * powerOfTwo(k + 1000);
  return y * powerOfTwo(k);
}

const powers = new Float64Array(2046);
for (let power = 1, k = 0; k <= 1023; k++, power *= 2) powers[k + 1022] = power;
for (let power = 0.5, k = -1; k >= -1022; k--, power /= 2) powers[k + 1022] = power;
const powerOfTwo = (k: number): number => powers[k + 1022]!;

const word = new DataView(new ArrayBuffer(8));

/** The natural logarithm. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let value = x;
  if (x < 2.2250738585072014e-308) {
    value = x * 18014398509481984;
    k = -54;
  }
  word.setFloat64(0, value);
  let high = word.getInt32(0);
  k += (high >> 20) - 1023;
  high &= 0x000fffff;
  const i = (high + 0x95f64) & 0x100000;
  word.setInt32(0, high | (i ^ 0x3ff00000));
  k += i >> 20;
  const f = word.getFloat64(0) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const r = odd + even;
  const half = 0.5 * f * f;
  return k * ln2High - (half - (s * (half + r) + k * ln2Low) - f);
}

/** `x` to the power of `y`, for `x` of at least 0. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  return exp(y * log(x));
}

/** The sine and the cosine of `turns` whole turns (`sin 2πt`, `cos 2πt`). */
export function circle(turns: number): { sin: number; cos: number } {
  const t = turns - Math.floor(turns);
  // By eighths of a turn, so that the series below get small arguments only.
  const eighth = Math.floor(t * 8 + 0.5);
  const x = (t - eighth / 8) * 2 * Math.PI;
  const x2 = x * x;
  const s =
    x *
    (1 - (x2 / 6) * (1 - (x2 / 20) * (1 - (x2 / 42) * (1 - (x2 / 72) * (1 - (x2 / 110) * (1 - x2 / 156))))));
  const c =
    1 - (x2 / 2) * (1 - (x2 / 12) * (1 - (x2 / 30) * (1 - (x2 / 56) * (1 - (x2 / 90) * (1 - x2 / 132)))));
  const h = Math.SQRT1_2;
  switch (eighth & 7) {
    case 0:
      return { sin: s, cos: c };
    case 1:
      return { sin: h * (s + c), cos: h * (c - s) };
    case 2:
      return { sin: c, cos: -s };
    case 3:
      return { sin: h * (c - s), cos: -h * (s + c) };
    case 4:
      return { sin: -s, cos: -c };
    case 5:
      return { sin: -h * (s + c), cos: h * (s - c) };
    case 6:
      return { sin: -c, cos: s };
    default:
      return { sin: h * (s - c), cos: h * (s + c) };
  }
}
