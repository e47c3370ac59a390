import type { PredictionBase, ProductForecast, ProductStockout } from "@amused/core";

const dayMs = 86_400_000;
const isDate = (text: unknown) =>
  typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/**
 * What is wrong with predictions of one product, whatever its history: numbers that are none, bands and dates out of order,
 * probabilities that are none or fall with time, a verdict that does not go with what stands beside it. `today` is the day on which
 * they were asked for.
 *
 * @example
 * expect(predictionFaults({ today, forecast, stockout })).toEqual([]);
 */
export function predictionFaults({
  today,
  forecast,
  stockout,
}: {
  today: string;
  forecast: ProductForecast;
  stockout: ProductStockout;
}): string[] {
  return [
    ...notNumbers(forecast, "forecast"),
    ...notNumbers(stockout, "stockout"),
    ...baseFaults(forecast, "forecast"),
    ...baseFaults(stockout, "stockout"),
    ...forecastFaults(forecast, today),
    ...stockoutFaults(stockout, today),
  ];
}

/** Collects what does not hold. */
function faults(of: string) {
  const found: string[] = [];
  return {
    found,
    expect(holds: boolean, what: string): void {
      if (!holds) found.push(`${of}: ${what}`);
    },
  };
}

/** Where there is a NaN or an infinity, which JSON makes a `null` of; or nothing at all. */
function notNumbers(value: unknown, path: string): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === undefined) return [`${path} is undefined`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => notNumbers(part, `${path}.${name}`));
}

function baseFaults(base: PredictionBase & { verdict: string }, of: string): string[] {
  const { found, expect } = faults(of);
  const { confidence, need, model, accuracy, reasons, behind, generatedAt, verdict } = base;
  expect(isShare(confidence), `confidence is ${confidence}`);
  expect(isCount(behind), `behind is ${behind}`);
  expect(!Number.isNaN(Date.parse(generatedAt)), `generatedAt is ${generatedAt}`);
  expect(
    reasons.every(({ kind }) => typeof kind === "string" && kind !== ""),
    "a reason has no kind",
  );
  expect(model === null || (typeof model === "string" && model !== ""), `model is ${model}`);
  if (verdict === "not_enough_history")
    expect(need !== undefined && isCount(need.days) && need.days > 0, "it does not say what is needed");
  if (model === null) {
    expect(accuracy === null, "there is an accuracy of no model");
    expect(reasons.length > 0, "there is neither a model nor a reason why not");
    return found;
  }
  expect(need === undefined, "more history is needed, and yet there is a model");
  expect(accuracy !== null, "a model has no accuracy");
  if (accuracy === null) return found;
  const { mase, wape, bias, coverage80, naive, windows } = accuracy;
  for (const [name, error] of Object.entries({
    mase,
    wape,
    "naive.mase": naive.mase,
    "naive.wape": naive.wape,
  }))
    expect(error === null || isAmount(error), `accuracy.${name} is ${error}`);
  expect(bias === null || (typeof bias === "number" && bias >= -1), `accuracy.bias is ${bias}`);
  expect(coverage80 === null || isShare(coverage80), `accuracy.coverage80 is ${coverage80}`);
  expect(isCount(windows), `accuracy.windows is ${windows}`);
  return found;
}

function forecastFaults({ verdict, points, history, model }: ProductForecast, today: string): string[] {
  const { found, expect } = faults("forecast");
  expect(verdict === "ok" || verdict === "not_enough_history", `the verdict is ${verdict}`);
  expect((verdict === "ok") === (model !== null), `the verdict is ${verdict}, the model ${model}`);
  expect((verdict === "ok") === points.length > 0, `the verdict is ${verdict}, of ${points.length} points`);
  const { from, to, days, withoutStock } = history;
  expect(to === dayAfter(today, -1), `the last full day of ${today} is ${to}`);
  expect(isCount(days) && isCount(withoutStock) && withoutStock <= days, `${withoutStock} of ${days} days`);
  expect((from === null) === (days === 0), `history has ${days} days from ${from}`);
  if (from !== null) expect(dayAfter(from, days) === today, `history has ${days} days from ${from} to ${to}`);
  points.forEach(({ date, mean, p10, p50, p90 }, n) => {
    expect(date === dayAfter(today, n), `point ${n} is of ${date}`);
    expect(isAmount(mean), `the mean of ${date} is ${mean}`);
    expect([p10, p50, p90].every(isCount), `the band of ${date} is ${p10}, ${p50}, ${p90}: not in units`);
    expect(p10 <= p50 && p50 <= p90, `the band of ${date} is ${p10}, ${p50}, ${p90}: not in order`);
  });
  return found;
}

function stockoutFaults(stockout: ProductStockout, today: string): string[] {
  const { found, expect } = faults("stockout");
  const { verdict, quantity, date, daysOfCover, probabilityWithin, reorder, model } = stockout;
  expect(isCount(quantity), `the quantity is ${quantity}`);
  expect((verdict === "out_of_stock") === (quantity === 0), `${verdict} with ${quantity} units`);
  expect(daysOfCover === null || isAmount(daysOfCover), `days of cover are ${daysOfCover}`);

  const dates = [date.p10, date.p50, date.p90];
  for (const day of dates) expect(day === null || (isDate(day) && day >= today), `it runs out on ${day}`);
  const ordered = dates.map((day) => day ?? "~");
  expect(
    ordered.every((day, n) => n === 0 || day >= (ordered[n - 1] ?? "")),
    `dates are ${dates.join()}`,
  );

  const within = Object.entries(probabilityWithin).map(([days, p]) => ({ days: Number(days), p }));
  within.sort((a, b) => a.days - b.days);
  within.forEach(({ days, p }, n) => {
    expect(isShare(p), `the probability within ${days} days is ${p}`);
    expect(n === 0 || p >= (within[n - 1]?.p ?? 0), `it falls to ${p} within ${days} days`);
    // Rounded, a probability may lie on either side of its line.
    for (const [which, share] of [
      ["p10", 0.1],
      ["p50", 0.5],
      ["p90", 0.9],
    ] as const) {
      const day = date[which];
      if (day !== null && day < dayAfter(today, days))
        expect(p >= share - 0.001, `${p} within ${days} days, ${which} on ${day}`);
      else expect(p <= share + 0.001, `${p} within ${days} days, ${which} on ${day}`);
    }
  });

  if (model === null) {
    expect(
      dates.every((day) => day === null),
      "dates are said with no model",
    );
    expect(reorder === null && daysOfCover === null && within.length === 0, "numbers are said with no model");
    expect(verdict === "not_enough_history" || verdict === "out_of_stock", `${verdict} with no model`);
    return found;
  }
  expect(verdict !== "not_enough_history", "there is a model, and yet not enough history");
  expect(within.length > 0, "no probabilities are said");
  expect(reorder !== null, "no reorder is said");
  if (reorder === null) return found;
  const { point, quantity: order, by, because } = reorder;
  expect(isCount(point), `the reorder point is ${point}`);
  expect(isCount(order), `the order is ${order}`);
  expect(by === null || (isDate(by) && by >= today), `order by ${by}`);
  expect(because.length > 0 && because.every(({ kind }) => kind !== ""), "an order has no reason");
  return found;
}

const isAmount = (value: unknown) =>
  typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
const isCount = (value: unknown) => isAmount(value) && Number.isInteger(value);
const isShare = (value: unknown) => isAmount(value) && (value as number) <= 1;

const dayAfter = (date: string, days: number) =>
  new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);
