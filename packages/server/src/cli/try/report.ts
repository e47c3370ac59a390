import { Refusal } from "../fail.ts";
import type { FileRead } from "../files/sales-file.ts";
import { isoDay } from "../files/written-day.ts";
import { errorOf, type Trial, trialsOf } from "./backtest.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import { notesOf } from "./notes.ts";
import { horizon, pastOf } from "./past.ts";
import { type Outlook, replayError, replayOf } from "./replay.ts";
import { best, dense, type Product, type Sales } from "./sales.ts";
import type { Named, ReplayRow, Report, StockoutRow, WorstRow } from "./shape.ts";
import { type Warning, warningOf } from "./warnings.ts";

export interface TryOptions {
  /** Days from an order to its arrival. */
  readonly leadTime: number;
  /** Products looked at. */
  readonly products: number;
  /** Stock assumed, in days of usual sales; `null`: what lasted until the gap, and one and a half lead times in the replay. */
  readonly stockDays: number | null;
}

const fewestBefore = 28;
export const fewestDays = fewestBefore + horizon;
/** Tests, four weeks apart: more than six tell little more, and fewer for large files, so that the whole stays under a minute. */
const mostWindows = 6;
const bearable = 700_000;
/** Gaps whose warning is looked for: those that cost most. */
const mostWarnings = 60;
const worstShown = 10;

/** Everything that a file of sales tells; `progress` hears what is being done. */
export async function reportOf(
  { format, lines }: FileRead,
  sales: Sales,
  options: TryOptions,
  progress: (text: string) => Promise<void> = async () => {},
): Promise<Report> {
  const { length, start } = sales;
  if (length < fewestDays)
    throw new Refusal(
      `The sales cover ${length} ${length === 1 ? "day" : "days"}; ${fewestDays} are needed: ${fewestBefore} to learn from, and ${horizon} to test on.`,
    );
  const day = (at: number) => isoDay(start + at);
  const count = Math.min(
    mostWindows,
    Math.floor((length - fewestBefore) / horizon),
    Math.max(1, Math.floor(bearable / (Math.min(options.products, sales.products.length) * length))),
  );
  const windows = Array.from({ length: count }, (_, i) => length - horizon * (count - i));

  const tested: { day: number; products: Product[]; past: ReturnType<typeof pastOf>; trials: Trial[] }[] = [];
  for (const at of windows) {
    await progress(`forecasts from ${day(at)}`);
    const products = best(sales, options.products, at);
    const past = pastOf(sales, products, at);
    tested.push({ day: at, products, past, trials: trialsOf(sales, products, past) });
  }
  const trials = tested.flatMap((one) => one.trials);
  if (trials.length === 0)
    throw new Refusal(
      `No product was sold from ${fewestDays} days before the end on (${day(length - fewestDays)}): each needs ${fewestBefore} days to learn from, and ${horizon} to test on.`,
    );

  await progress("stock-outs");
  const pasts = tested.map(({ past }) => past);
  const stockouts = stockoutsOf(sales, options).map(({ product, gap, previousEnd }, i) =>
    stockoutRow(
      sales,
      product,
      gap,
      i < mostWarnings ? warningOf(sales, product, gap, previousEnd, pasts, options) : null,
    ),
  );

  await progress("replay");
  const last = tested.at(-1)!;
  const stockDays = options.stockDays ?? Math.round(1.5 * options.leadTime);
  const outlooks = replayOf(sales, last.products, last.past, { ...options, stockDays });

  const all = errorOf(trials);
  const report: Omit<Report, "notes"> = {
    file: {
      format: format.id,
      lines,
      leftOut: { ...sales.leftOut },
      returns: sales.returns,
      returnsTakenBack: sales.takenBack,
      dateOrder: sales.order,
      from: day(0),
      to: day(length - 1),
      days: length,
      products: sales.products.length,
      weeklyUnits: weekly(sales),
    },
    settings: {
      leadTimeDays: options.leadTime,
      products: options.products,
      stockDays: options.stockDays,
      horizonDays: horizon,
    },
    stockouts,
    replay: {
      from: day(last.day),
      stockDays,
      ...replayError(outlooks),
      items: outlooks.map((one) => replayRow(one, (at) => day(last.day + at - 1))),
    },
    backtest: {
      all,
      withoutStockouts: errorOf(trials.filter(({ hasGap }) => !hasGap)),
      windows: tested
        .filter(({ trials }) => trials.length > 0)
        .map(({ day: at, trials }) => ({ from: day(at), ...errorOf(trials) })),
      worst: worstOf(trials).map((trial) => worstRow(trial, day)),
    },
  };
  return { ...report, notes: notesOf(report, sales) };
}

/** The gaps of the products looked at, those first that cost most. */
function stockoutsOf(sales: Sales, options: TryOptions) {
  return best(sales, options.products)
    .flatMap((product) => {
      const gaps = gapsOf(dense(product, sales.length), product.first, sales.open);
      return gaps.map((gap, i) => ({ product, gap, previousEnd: i > 0 ? gaps[i - 1]!.to : product.first }));
    })
    .sort((a, b) => costOf(b) - costOf(a));
}

const costOf = ({ product, gap }: { product: Product; gap: Gap }): number =>
  gap.openDays * gap.perDay * (product.price ?? 1);

function stockoutRow(sales: Sales, product: Product, gap: Gap, warning: Warning | null): StockoutRow {
  const day = (at: number) => isoDay(sales.start + at);
  const missed = gap.openDays * gap.perDay;
  return {
    ...named(product),
    from: day(gap.from),
    until: gap.ended ? day(gap.to) : null,
    openDays: gap.openDays,
    probability: gap.probability,
    unitsPerDay: gap.perDay,
    missedUnits: missed,
    missedRevenue: product.price === null ? null : missed * product.price,
    warning: warning && {
      on: warning.day === null ? null : day(warning.day),
      noticeDays: warning.notice,
      inTime: warning.inTime,
      orEarlier: warning.sinceTheBeginning,
      saidOut: warning.saidOut === null ? null : day(warning.saidOut),
      daysOff: warning.saidOut === null ? null : warning.saidOut - gap.from,
    },
    weeklyUnits: weeksAround(product, gap.from, sales.length),
  };
}

const replayRow = (
  { product, stock, lasted, probability, said: { p10, p50, p90 }, isLow }: Outlook,
  day: (at: number) => string,
): ReplayRow => {
  const dayOrNull = (at: number | null) => (at === null ? null : day(at));
  return {
    ...named(product),
    stock,
    ranOutOn: dayOrNull(lasted),
    probability,
    said: { p10: dayOrNull(p10), p50: dayOrNull(p50), p90: dayOrNull(p90) },
    timeToOrder: isLow,
  };
};

/** Where forecasts were off by most (in money, where there are prices), each product once. */
function worstOf(trials: readonly Trial[]): Trial[] {
  const off = ({ forecast, actual, product }: Trial) => Math.abs(forecast - actual) * (product.price ?? 1);
  const seen = new Set<Product>();
  return trials
    .toSorted((a, b) => off(b) - off(a))
    .filter(({ product }) => !seen.has(product) && seen.add(product))
    .slice(0, worstShown);
}

const worstRow = (trial: Trial, day: (at: number) => string): WorstRow => ({
  ...named(trial.product),
  from: day(trial.day),
  forecast: trial.forecast,
  lower: trial.lower,
  upper: trial.upper,
  actual: trial.actual,
  naive: trial.naive,
  probablyOutOfStock: trial.hasGap,
});

const named = ({ sku, name }: Product): Named => ({ sku, name });

/** Whole weeks, the last of which ends with the file. */
function weekly({ products, length }: Sales): number[] {
  const weeks = new Array<number>(Math.floor(length / 7)).fill(0);
  for (const { days, units } of products)
    days.forEach((day, i) => {
      const week = weeks.length - 1 - Math.floor((length - 1 - day) / 7);
      if (week >= 0) weeks[week]! += units[i]!;
    });
  return weeks;
}

function weeksAround(product: Product, at: number, length: number): number[] {
  const units = dense(product, length);
  const from = at - product.first;
  const weeks: number[] = [];
  for (let week = -12; week < 12; week++) {
    const begin = from + 7 * week;
    if (begin < 0 || begin + 7 > units.length) continue;
    weeks.push(units.subarray(begin, begin + 7).reduce((sum, one) => sum + one, 0));
  }
  return weeks;
}
