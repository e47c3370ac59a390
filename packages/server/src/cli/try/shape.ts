import type { ErrorOf } from "./backtest.ts";
import type { ReplayError } from "./replay.ts";
import type { Skipped } from "./sales.ts";

/** What `amused try --json` prints; docs/try.md describes it. Days are `2011-12-09`. */
export interface Report {
  file: {
    format: string;
    lines: number;
    leftOut: Record<Skipped, number>;
    returns: number;
    returnsTakenBack: number;
    /** Which of `12/1/10` was taken for the month; `null` where dates leave no question. */
    dateOrder: "month first" | "day first" | null;
    from: string;
    to: string;
    days: number;
    products: number;
    weeklyUnits: number[];
  };
  settings: { leadTimeDays: number; products: number; stockDays: number | null; horizonDays: number };
  stockouts: StockoutRow[];
  replay: ReplayError & { from: string; stockDays: number; items: ReplayRow[] };
  backtest: {
    all: ErrorOf;
    /** Without the products that were probably out of stock in the time tested. */
    withoutStockouts: ErrorOf;
    windows: (ErrorOf & { from: string })[];
    worst: WorstRow[];
  };
  notes: Note[];
}

export interface Named {
  sku: string;
  name: string;
}

export interface StockoutRow extends Named {
  from: string;
  /** The day of the next sale; `null`: none up to the end of the file. */
  until: string | null;
  openDays: number;
  probability: number;
  unitsPerDay: number;
  missedUnits: number;
  missedRevenue: number | null;
  /** `null`: before the time tested. */
  warning: {
    on: string | null;
    noticeDays: number;
    inTime: boolean;
    orEarlier: boolean;
    saidOut: string | null;
    daysOff: number | null;
  } | null;
  /** Units a week, from twelve weeks before the gap to twelve after its beginning. */
  weeklyUnits: number[];
}

export interface ReplayRow extends Named {
  stock: number;
  ranOutOn: string | null;
  probability: number;
  said: { p10: string | null; p50: string | null; p90: string | null };
  timeToOrder: boolean;
}

export interface WorstRow extends Named {
  from: string;
  forecast: number;
  lower: number;
  upper: number;
  actual: number;
  naive: number;
  probablyOutOfStock: boolean;
}

/** Days of history before the first test, at least. */

/** A reason to doubt what is shown, in plain words. */
export interface Note {
  readonly code: string;
  readonly text: string;
}
