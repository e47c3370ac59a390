import { calibrated, calibratedBand } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import type { Model } from "./model.ts";
import { demandAlong, stepVariance } from "./spread.ts";
import type { Accuracy, Calibration } from "./types.ts";

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
      if (!demand) continue;
      const d = distribution(forecast[h]!, stepVariance(demand, h), demand.counts);
      looked++;
      if (y >= d.quantile(low) && y <= d.quantile(high)) inside++;
    }
    off += Math.abs(error);
    naiveOff += Math.abs(naiveError);
  });
  return {
    origins: trials.length,
    relativeToNaive: naiveSquares > 0 ? Math.sqrt(squares / naiveSquares) : null,
    totalError: sold > 0 ? off / sold : null,
    naiveTotalError: sold > 0 ? naiveOff / sold : null,
    coverage80: looked > 0 ? inside / looked : null,
  };
}
