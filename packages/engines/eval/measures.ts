/**
 * The measures of forecasts, as pure functions with their definitions. `actual` and `forecast` are as long as each other,
 * `train` is what the forecaster saw, oldest first. A data set's figure is the mean over its series, but for OWA
 * (see `owa`) and WAPE (see `wape`), which are ratios of sums.
 */
type Numbers = ArrayLike<number>;

/** The mean of numbers; NaN where there are none. */
export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Symmetric mean absolute percentage error, as a fraction from 0 to 2: mean of `2|y − f| / (|y| + |f|)`, 0 where both are 0 (M4). */
export function smape(actual: Numbers, forecast: Numbers): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const size = Math.abs(actual[i]!) + Math.abs(forecast[i]!);
    if (size > 0) sum += (2 * Math.abs(actual[i]! - forecast[i]!)) / size;
  }
  return sum / actual.length;
}

/** Mean absolute difference between values `lag` apart: the scale of MASE and of the scaled pinball loss. */
export function absoluteScale(train: Numbers, lag = 1): number {
  let sum = 0;
  for (let i = lag; i < train.length; i++) sum += Math.abs(train[i]! - train[i - lag]!);
  return sum / (train.length - lag);
}

/** Mean squared difference between values `lag` apart: the scale of RMSSE. */
export function squaredScale(train: Numbers, lag = 1): number {
  let sum = 0;
  for (let i = lag; i < train.length; i++)
    sum += (train[i]! - train[i - lag]!) * (train[i]! - train[i - lag]!);
  return sum / (train.length - lag);
}

/** Mean absolute scaled error: mean `|y − f|` over the training data's mean seasonal difference, `m` periods apart (Hyndman & Koehler 2006). */
export function mase(train: Numbers, actual: Numbers, forecast: Numbers, m = 1): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += Math.abs(actual[i]! - forecast[i]!);
  return sum / actual.length / absoluteScale(train, m);
}

/**
 * Root mean squared scaled error: root of mean `(y − f)²` over the training data's mean squared difference at lag 1 (M5,
 * but scaled by the whole training data).
 */
export function rmsse(train: Numbers, actual: Numbers, forecast: Numbers): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += (actual[i]! - forecast[i]!) * (actual[i]! - forecast[i]!);
  return Math.sqrt(sum / actual.length / squaredScale(train));
}

/** Weighted absolute percentage error over series: `Σ|y − f| / Σ|y|`. For the horizon total hand in one sum a series. */
export function wape(actual: Numbers, forecast: Numbers): number {
  let error = 0;
  let size = 0;
  for (let i = 0; i < actual.length; i++) {
    error += Math.abs(actual[i]! - forecast[i]!);
    size += Math.abs(actual[i]!);
  }
  return error / size;
}

/** Pinball loss of a quantile `q` at the probability `p`: `p (y − q)` above it, `(1 − p) (q − y)` below. */
export function pinball(actual: number, quantile: number, p: number): number {
  return actual >= quantile ? p * (actual - quantile) : (1 - p) * (quantile - actual);
}

/**
 * Scaled pinball loss of one series: mean over steps and probabilities, over the training data's mean absolute difference at
 * lag `m` (M5 uncertainty, which has `m` 1). `quantiles[i]` are the forecasts of every step at `probabilities[i]`.
 */
export function scaledPinball(
  train: Numbers,
  actual: Numbers,
  quantiles: readonly Numbers[],
  probabilities: Numbers,
  m = 1,
): number {
  let sum = 0;
  for (let k = 0; k < probabilities.length; k++)
    for (let i = 0; i < actual.length; i++) sum += pinball(actual[i]!, quantiles[k]![i]!, probabilities[k]!);
  return sum / probabilities.length / actual.length / absoluteScale(train, m);
}

/** The share of values from `lower` to `upper`, both included. */
export function coverage(actual: Numbers, lower: Numbers, upper: Numbers): number {
  let inside = 0;
  for (let i = 0; i < actual.length; i++) if (actual[i]! >= lower[i]! && actual[i]! <= upper[i]!) inside++;
  return inside / actual.length;
}

/** Brier score: mean squared difference between a probability and what came (1 or 0). */
export function brier(probability: Numbers, came: Numbers): number {
  let sum = 0;
  for (let i = 0; i < came.length; i++) sum += (probability[i]! - came[i]!) * (probability[i]! - came[i]!);
  return sum / came.length;
}

/**
 * Expected calibration error: the probabilities in `bins` bins of equal width; the mean over them, weighted by their sizes,
 * of |mean probability − share that came| (Naeini et al. 2015).
 */
export function calibrationError(probability: Numbers, came: Numbers, bins = 10): number {
  const gap = new Float64Array(bins);
  for (let i = 0; i < came.length; i++)
    gap[Math.min(bins - 1, Math.floor(probability[i]! * bins))]! += probability[i]! - came[i]!;
  return gap.reduce((sum, g) => sum + Math.abs(g), 0) / came.length;
}

/**
 * Overall weighted average over a data set: the mean of two ratios, of mean sMAPE and of mean MASE to those of Naive2 (M4).
 * One entry a series each.
 */
export function owa(
  of: { smape: number; mase: number }[],
  naive2: { smape: number; mase: number }[],
): number {
  const ratio = (of: Numbers, to: Numbers) => mean(of) / mean(to);
  return (
    (ratio(
      of.map((s) => s.smape),
      naive2.map((s) => s.smape),
    ) +
      ratio(
        of.map((s) => s.mase),
        naive2.map((s) => s.mase),
      )) /
    2
  );
}

/** M4's test of a season of `m` periods: |autocorrelation at lag m| above its 90 % limit by Bartlett, with three seasons of data or more. */
export function isSeasonal(train: Numbers, m: number): boolean {
  if (m < 2 || train.length < 3 * m) return false;
  const center = mean(train);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < train.length; i++) sum += (train[i]! - center) * (train[i - lag]! - center);
    return sum;
  };
  const variance = covariance(0);
  let sum = 1;
  for (let lag = 1; lag < m; lag++) sum += 2 * (covariance(lag) / variance) * (covariance(lag) / variance);
  return Math.abs(covariance(m) / variance) > 1.645 * Math.sqrt(sum / train.length);
}

/** Multiplicative seasonal indices by classical decomposition (R's `decompose`): mean ratio to the centred moving average, mean 1. By position in `train` modulo m. */
export function seasonalIndices(train: Numbers, m: number): Float64Array {
  const sums = new Float64Array(m);
  const counts = new Float64Array(m);
  const half = Math.floor(m / 2);
  for (let i = half; i < train.length - half; i++) {
    let trend = 0;
    for (let j = -half; j <= half; j++)
      trend += train[i + j]! * (m % 2 === 0 && Math.abs(j) === half ? 0.5 : 1);
    sums[i % m]! += train[i]! / (trend / m);
    counts[i % m]! += 1;
  }
  const indices = sums.map((sum, s) => sum / counts[s]!);
  const center = mean(indices);
  return indices.map((index) => index / center);
}

/** Naive2, the benchmark of M4: the last value, seasonally adjusted by `seasonalIndices` where `isSeasonal` finds the season. */
export function naive2(train: Numbers, horizon: number, m: number): Float64Array {
  const n = train.length;
  const indices = isSeasonal(train, m) ? seasonalIndices(train, m) : new Float64Array(m).fill(1);
  const last = train[n - 1]! / indices[(n - 1) % m]!;
  return Float64Array.from({ length: horizon }, (_, i) => last * indices[(n + i) % m]!);
}
