/** Days on which a product was probably out of stock: without a sale for longer than chance explains. */
export interface Gap {
  /** The first day without a sale, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Whether it was sold again. */
  readonly ended: boolean;
  /** Days of the gap on which the shop sold something else. */
  readonly openDays: number;
  /** The probability of so long a run without a sale, had the product been there: under the lowest of its rates around it. */
  readonly probability: number;
  /** Units that it usually sells on a day on which the shop is open: the lowest of the same rates. */
  readonly perDay: number;
}

/** At most this improbable; of so many runs one is taken for a gap by chance. */
export const improbable = 1e-3;
/** A product that was away for longer is out of season or was taken off the list: no stock-out. */
export const longestGap = 90;
/** Open days before and after the gap by which its rate is judged, and how many there must be. */
const windows = [28, 84] as const;
const fewest = 20;
/** Sales come in bunches, rates drift: a day tells half of what an independent one would. */
const weight = 0.5;

/**
 * The gaps of one product. `units` begin with its first sale on the day `first`; `open` says of every day of the file whether the
 * shop sold anything: days on which it did not say nothing.
 *
 * The share of days with a sale is taken for unknown, as far as the window leaves it open (beta-binomial).
 */
export function gapsOf(units: ArrayLike<number>, first: number, open: readonly boolean[]): Gap[] {
  const days: number[] = [];
  for (let i = 0; i < units.length; i++) if (open[first + i] || units[i]! > 0) days.push(i);
  const gaps: Gap[] = [];
  // Days outside of gaps, before the run that is looked at.
  const usual: number[] = [];
  let run: number[] = [];
  for (let at = 0; at <= days.length; at++) {
    const day = days[at];
    if (day !== undefined && !(units[day]! > 0)) {
      run.push(day);
      continue;
    }
    const gap = run.length === 0 ? null : judged(run, usual, days.slice(at, at + windows[0]), units);
    if (gap === null) for (const one of run) usual.push(one);
    else {
      const to = day ?? units.length;
      gaps.push({
        from: first + run[0]!,
        to: first + to,
        ended: day !== undefined,
        openDays: run.length,
        ...gap,
      });
    }
    run = [];
    if (day !== undefined) usual.push(day);
  }
  return gaps.filter(({ from, to }) => to - from <= longestGap);
}

function judged(
  run: readonly number[],
  usual: readonly number[],
  after: readonly number[],
  units: ArrayLike<number>,
): { probability: number; perDay: number } | null {
  const around = [...windows.map((length) => usual.slice(-length)), after].filter((w) => w.length >= fewest);
  if (usual.length < fewest) return null;
  let probability = 0;
  let perDay = Number.POSITIVE_INFINITY;
  for (const window of around) {
    let selling = 0;
    let sum = 0;
    for (const day of window) {
      if (units[day]! > 0) selling++;
      sum += units[day]!;
    }
    probability = Math.max(probability, noSale(run.length, selling, window.length));
    perDay = Math.min(perDay, sum / window.length);
  }
  return probability <= improbable ? { probability, perDay } : null;
}

/** The probability of `length` days without a sale, where `selling` of `of` days had one. */
function noSale(length: number, selling: number, of: number): number {
  const a = selling * weight + 0.5;
  const b = (of - selling) * weight + 0.5;
  let p = 1;
  for (let i = 0; i < length; i++) p *= (b + i) / (a + b + i);
  return p;
}
