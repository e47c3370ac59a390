import { calibrated, calibratedBand } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import type { Model } from "./model.ts";
import { demandAlong, stepVariance } from "./spread.ts";
import type { Accuracy, Calibration, Frequency } from "./types.ts";

/** Trials whose intervals are looked at, at most. */
const most = 6;

/** How the model did on the series' own past, beside the last known value repeated. */
export function accuracy(model: Model, calibration: Calibration): Accuracy {
  const { trials, test, series } = model;
  let squares = 0;
  let naiveSquares = 0;
  let off = 0;
  let naiveOff = 0;
  let sold = 0;
  let inside = 0;
  let looked = 0;
  let known = 0;
  let absolute = 0;
  let naiveAbsolute = 0;
  let excess = 0;
  const central = calibratedBand(calibration, 0.8);
  const low = calibrated(calibration, (1 - central) / 2);
  const high = calibrated(calibration, (1 + central) / 2);
  trials.forEach(({ forecast, actual }, t) => {
    let origin = test.origins[t]! - 1;
    while (origin > 0 && Number.isNaN(series.y[origin]!)) origin--;
    const last = series.y[origin]! >= 0 ? series.y[origin]! : 0;
    const demand =
      t >= trials.length - most ? demandAlong(forecast, { ...model, counts: series.counts }) : null;
    let error = 0;
    let naiveError = 0;
    for (let h = 0; h < forecast.length; h++) {
      const y = actual[h]!;
      if (Number.isNaN(y)) continue;
      const e = forecast[h]! - y;
      squares += e * e;
      naiveSquares += (last - y) * (last - y);
      error += e;
      naiveError += last - y;
      sold += y;
      known++;
      absolute += Math.abs(e);
      naiveAbsolute += Math.abs(last - y);
      excess += e;
      if (!demand) continue;
      const d = distribution(forecast[h]!, stepVariance(demand, h), demand.counts);
      looked++;
      if (y >= d.quantile(low) && y <= d.quantile(high)) inside++;
    }
    off += Math.abs(error);
    naiveOff += Math.abs(naiveError);
  });
  const scale = seasonalScale(series.y, season[series.frequency]);
  return {
    origins: trials.length,
    relativeToNaive: naiveSquares > 0 ? Math.sqrt(squares / naiveSquares) : null,
    totalError: sold > 0 ? off / sold : null,
    naiveTotalError: sold > 0 ? naiveOff / sold : null,
    mase: scale > 0 && known > 0 ? absolute / known / scale : null,
    naiveMase: scale > 0 && known > 0 ? naiveAbsolute / known / scale : null,
    bias: sold > 0 ? excess / sold : null,
    coverage80: looked > 0 ? inside / looked : null,
  };
}

/** The lag at which a series is compared with itself. */
const season: Readonly<Record<Frequency, number>> = { daily: 7, weekly: 1, monthly: 12 };

/** The mean absolute difference between values one season apart (Hyndman & Koehler 2006); 0 where there is none. */
function seasonalScale(y: Float64Array, lag: number): number {
  let sum = 0;
  let pairs = 0;
  for (let t = lag; t < y.length; t++) {
    const difference = Math.abs(y[t]! - y[t - lag]!);
    if (!(difference >= 0)) continue;
    sum += difference;
    pairs++;
  }
  return pairs > 0 ? sum / pairs : 0;
}
