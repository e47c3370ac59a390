import { lookedAhead, runsOutIn } from "@amused/testkit";
import type { Said } from "./ask.ts";

/** How the days that were said lie beside those that were true. */
export interface RunOutScore {
  /** Median and mean of the days that p50 was off, of stocks that ran out within what is looked ahead. */
  median: number;
  mean: number;
  /** The mean over all stocks; beyond what is looked ahead counts as the day after it, said or true. */
  all: number;
  /** Brier scores of having run out within 7, 14 and 30 days. */
  brier: Record<"7" | "14" | "30", number>;
}

export interface ShopScore {
  /** How many stocks there were, and how many of them ran out within what is looked ahead. */
  stocks: number;
  ranOut: number;
  ours: RunOutScore;
  /** Stock over the mean daily sales of four weeks, days without stock counted as days without a sale. */
  plain: RunOutScore;
  /** The share of true days from p10 to p90: of stocks that ran out, and of all. */
  held: { ranOut: number; all: number };
  /** The shares of all that ran out before p10, by p50 (where there is one), and after p90. */
  beforeP10: number;
  byP50: number;
  afterP90: number;
  /** The mean probability that was said of running out, and the share that did. */
  said: Record<"7" | "14" | "30", { said: number; came: number }>;
  /** Of products that were out of stock in the four weeks before. */
  outOfStock: DemandScore;
  /** Of the others. */
  inStock: DemandScore;
}

/** Mean daily demand over the next four weeks as it is seen, over what it truly is; and the errors' sum over the truth's. */
export interface DemandScore {
  products: number;
  ours: { ratio: number; error: number };
  plain: { ratio: number; error: number };
}

const beyond = lookedAhead + 1;
const weeks = 28;
const within = ["7", "14", "30"] as const;

/** Holds what was said against the truth. Products without stock, or with too little history, say nothing. */
export function score(all: readonly Said[]): ShopScore {
  const found = all.filter(({ stockout, forecast }) => stockout.quantity > 0 && forecast.verdict === "ok");
  const rows = found.map((one) => {
    const { day, stockout, truth } = one;
    const sold = meanOf(truth.sold, day - weeks);
    return {
      came: runsOutIn(truth, day, stockout.quantity),
      ...{ p10: daysTo(one, "p10"), p50: daysTo(one, "p50"), p90: daysTo(one, "p90") },
      plain: sold > 0 ? Math.min(beyond, Math.max(1, Math.ceil(stockout.quantity / sold))) : beyond,
      probability: stockout.probabilityWithin,
    };
  });
  const ranOut = rows.filter(({ came }) => came < beyond);
  type Row = (typeof rows)[number];
  const scoreOf = (p50: (row: Row) => number, said: (row: Row, days: "7" | "14" | "30") => number) => {
    const off = ranOut.map((row) => Math.abs(p50(row) - row.came));
    const brier = (days: "7" | "14" | "30") =>
      mean(rows.map((row) => (said(row, days) - Number(row.came <= Number(days))) ** 2));
    return {
      ...{ median: median(off), mean: mean(off) },
      all: mean(rows.map((row) => Math.abs(p50(row) - row.came))),
      brier: { 7: brier("7"), 14: brier("14"), 30: brier("30") },
    };
  };
  const held = ({ p10, p90, came }: Row) => p10 <= came && came <= p90;
  const wasOut = ({ day, truth }: Said) =>
    truth.stock.subarray(day - weeks, day).some((units) => units === 0);
  return {
    ...{ stocks: rows.length, ranOut: ranOut.length },
    ours: scoreOf(
      (row) => row.p50,
      (row, days) => row.probability[days] ?? Number.NaN,
    ),
    plain: scoreOf(
      (row) => row.plain,
      (row, days) => Number(row.plain <= Number(days)),
    ),
    held: { ranOut: share(ranOut, held), all: share(rows, held) },
    beforeP10: share(rows, ({ came, p10 }) => came < p10),
    byP50: share(
      rows.filter(({ p50 }) => p50 < beyond),
      ({ came, p50 }) => came <= p50,
    ),
    afterP90: share(rows, ({ came, p90 }) => came > p90),
    said: Object.fromEntries(
      within.map((days) => [
        days,
        {
          said: mean(rows.map(({ probability }) => probability[days] ?? Number.NaN)),
          came: share(rows, ({ came }) => came <= Number(days)),
        },
      ]),
    ) as ShopScore["said"],
    outOfStock: demandScore(found.filter(wasOut)),
    inStock: demandScore(found.filter((one) => !wasOut(one))),
  };
}

function demandScore(all: readonly Said[]): DemandScore {
  const truth = all.map((one) => meanOf(one.truth.mean, one.day));
  const against = (seen: number[]) => ({
    ratio: sum(seen) / sum(truth),
    error: sum(seen.map((one, n) => Math.abs(one - (truth[n] ?? 0)))) / sum(truth),
  });
  return {
    products: all.length,
    ours: against(all.map(({ forecast }) => mean(forecast.points.map((point) => point.mean)))),
    plain: against(all.map(({ truth, day }) => meanOf(truth.sold, day - weeks))),
  };
}

/** In how many days, 1 being the day of asking; beyond what is looked ahead where no date was said. */
function daysTo({ date, stockout }: Said, which: "p10" | "p50" | "p90"): number {
  const said = stockout.date[which];
  return said === null ? beyond : Math.round((Date.parse(said) - Date.parse(date)) / 86_400_000) + 1;
}

const meanOf = (values: Float64Array, from: number) =>
  mean([...values.subarray(Math.max(0, from), from + weeks)]);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const share = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length / all.length;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
