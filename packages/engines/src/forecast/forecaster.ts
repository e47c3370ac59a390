import { EngineError, finite } from "../errors.ts";
import { effectOf } from "./effects.ts";
import { checked, describe, missing, needed } from "./forecast.ts";
import { fit, type Model } from "./model.ts";
import { regressor } from "./series.ts";
import { advance as advanceSmooth } from "./smooth/index.ts";
import { closed } from "./trend.ts";
import type { Accuracy, Forecast, ForecastOptions, SeriesInput } from "./types.ts";

/** A forecast that goes along with the days. */
export interface Forecaster {
  /** The forecast from the last value that was taken. */
  forecast(): Forecast;
  /**
   * Takes one more value (`null`: unknown), in microseconds. Levels and trends move on; seasons, effects, weights and the spread stay as
   * they were fitted: make a new forecaster every few weeks.
   *
   * @param regressors Of the period that thereby becomes the horizon's last, where the series has any.
   * @throws EngineError where the value is negative or not finite, or a regressor is missing.
   */
  advance(value: number | null, regressors?: Readonly<Record<string, number>>): void;
}

/**
 * A forecaster: `forecast`, and then one more value at a time.
 *
 * @throws EngineError as `forecast` does.
 * @example
 * const demand = forecaster({ values, frequency: "daily" }, { horizon: 28 });
 * demand.advance(soldToday);
 * demand.forecast();
 */
export function forecaster(input: SeriesInput, options: ForecastOptions): Forecaster {
  const { series, horizon, shop } = checked(input, options);
  const need = needed[series.frequency];
  let { known, n } = series;
  // Too short a history is kept whole, until it is long enough.
  let short: { input: SeriesInput; model: null } | null = series.known < need ? { input, model: null } : null;
  let model: Model | null = short ? null : fit(series, horizon, shop);
  let tested: Accuracy | null = null;
  return {
    forecast() {
      if (!model) return missing(known, need);
      const found = describe(model, options, tested ?? undefined);
      tested = found.accuracy;
      return found;
    },
    advance(value, regressors = {}) {
      if (value !== null) finite("value", value, 0, 1e100);
      for (const { name } of series.columns)
        if (regressors[name] === undefined) throw new EngineError(`regressors.${name}`, "expected a number");
      if (value !== null) known++;
      if (short) {
        const longer: Record<string, readonly number[]> = {};
        for (const { name } of series.columns)
          longer[name] = [...short.input.regressors![name]!, regressors[name]!];
        short = {
          input: {
            ...short.input,
            values: [...short.input.values, value],
            ...(series.columns.length > 0 && { regressors: longer }),
          },
          model: null,
        };
        if (known < need) return;
        const grown = checked(short.input, options).series;
        model = fit(grown, horizon, shop);
        n = grown.n;
        short = null;
        return;
      }
      const now = model!;
      const y = value ?? Number.NaN;
      const exposure = now.ahead[0]!;
      const bank = now.bank.copy();
      bank.add(y, exposure);
      const ahead = new Float64Array(horizon);
      ahead.set(now.ahead.subarray(1));
      let effect = 0;
      now.series.columns.forEach(({ name, center }, k) => {
        const x = regressor(`regressors.${name}`, name, regressors[name]!) - center;
        effect += now.exposure.effects!.coefficients[k]! * x;
      });
      ahead[horizon - 1] = now.exposure.seasonAt(n + horizon) * effectOf(effect);
      const smooth = advanceSmooth(now.smooth, exposure < closed ? Number.NaN : y / exposure);
      n++;
      model = { ...now, bank, ahead, smooth };
    },
  };
}
