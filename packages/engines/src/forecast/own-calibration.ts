import { bandGrid, bandsOf, calibrated, levelsOf, type Outcome, outcome } from "./calibration.ts";
import { distribution } from "./distribution.ts";
import type { Model } from "./model.ts";
import { demandAlong, stepVariance, totalVariances } from "./spread.ts";
import type { Calibration, Demand } from "./types.ts";

/** How the forecasts of periods and of totals err. */
export interface Calibrations {
  readonly steps: Calibration;
  readonly totals: Calibration;
}

/**
 * What is believed of a series alone before its own errors are seen, at the probabilities of `grid`. Round numbers, from six files of sales
 * at three times each: errors are more peaked, with longer tails, than the model says, as noise is measured on few values; and upper ends are
 * surpassed more often than lower ones are undercut.
 */
const usualSteps: readonly number[] = [
  0.002, 0.005, 0.015, 0.05, 0.12, 0.23, 0.33, 0.43, 0.53, 0.625, 0.715, 0.805, 0.9, 0.96, 0.987, 0.996,
  0.998,
];
/** The same of totals: much of their variance is that of rare rises, so that the usual total lies above the model's middle. */
const usualTotals: readonly number[] = [
  0.004, 0.009, 0.025, 0.055, 0.12, 0.24, 0.34, 0.44, 0.54, 0.64, 0.735, 0.83, 0.925, 0.97, 0.988, 0.996,
  0.998,
];

/** As many independent values and totals as these are believed to have come as usual. The latter are few in any history. */
const believedSteps = 50;
const believedTotals = 10;

/** Origins are a third of a horizon apart, so that every value is forecast three times. */
const overlapping = 3;

/** A series' own errors move the odds of a level by this factor at most: one wild month says little about the next one. */
const furthest = 2;

/** A shop's calibration, or, without one, what the series' own forecasts from past origins tell. */
export const calibrationsOf = (model: Model): Calibrations & { readonly own: boolean } => {
  const { shop } = model;
  if (shop && shop.calibration.size > 0) return { steps: shop.calibration, totals: shop.totals, own: false };
  const { steps, totals } = ownOutcomes(model);
  return {
    steps: shrunk(steps, usualSteps, believedSteps),
    totals: shrunk(totals, usualTotals, believedTotals),
    own: true,
  };
};

function shrunk(outcomes: readonly Outcome[], usual: readonly number[], believed: number): Calibration {
  const found = levelsOf(outcomes, { weight: 1 / overlapping, usual, believed });
  const levels = found.map((level, i) => {
    const odds = usual[i]! / (1 - usual[i]!);
    const least = odds / furthest;
    const most = odds * furthest;
    return Math.min(most / (1 + most), Math.max(least / (1 + least), level));
  });
  return { levels, bands: bandGrid, size: outcomes.length };
}

function ownOutcomes({ trials, series, noise, chance, shape, test }: Model): {
  steps: Outcome[];
  totals: Outcome[];
} {
  const { counts } = series;
  const steps: Outcome[] = [];
  const totals: Outcome[] = [];
  for (const { forecast, actual } of trials) {
    const demand = demandAlong(forecast, { noise, chance, shape, counts });
    let mean = 0;
    let sum = 0;
    for (let h = 0; h < forecast.length; h++) {
      mean += forecast[h]!;
      sum += actual[h]!;
      // A closed day is right by itself and would teach nothing about the others.
      if (Number.isNaN(actual[h]!) || !(forecast[h]! > 1e-9)) continue;
      const d = distribution(forecast[h]!, stepVariance(demand, h), counts);
      steps.push(outcome(d, actual[h]!, counts));
    }
    if (forecast.length < test.horizon || Number.isNaN(sum) || !(mean > 1e-9)) continue;
    const d = distribution(mean, totalVariances(demand)[forecast.length - 1]!, counts);
    totals.push(outcome(d, sum, counts));
  }
  return { steps, totals };
}

/** Steps from which bands are fitted, and values of each. */
const looked = 56;
const values = 16;

/** A calibration with bands that hold their share of what the model would draw: ends on whole units would hold more. */
export function fitBands(calibration: Calibration, demand: Demand): Calibration {
  if (!demand.counts) return calibration;
  const outcomes: Outcome[] = [];
  for (let h = 0; h < Math.min(looked, demand.mean.length); h++) {
    if (!(demand.mean[h]! > 1e-9)) continue;
    const d = distribution(demand.mean[h]!, stepVariance(demand, h), true);
    for (let i = 0; i < values; i++) {
      const value = d.quantile(calibrated(calibration, (i + 0.5) / values));
      outcomes.push(outcome(d, value, true));
    }
  }
  if (outcomes.length === 0) return calibration;
  return { ...calibration, bands: bandsOf(outcomes, calibration.levels, 0) };
}
