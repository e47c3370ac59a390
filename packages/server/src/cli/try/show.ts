import { oneLine } from "../fail.ts";
import type { ErrorOf } from "./backtest.ts";
import { improbable } from "./gaps.ts";
import type { Named, Report, StockoutRow } from "./shape.ts";
import { bar, fit, sparkline, type Terminal, wrap } from "./terminal.ts";

/** Narrower ones do without the columns that matter least. */
const isRoomy = (on: Terminal): boolean => on.width >= 76;

const shown = { stockouts: 12, replay: 6, worst: 5 };

/** The report for people, line by line. */
export function* linesOf(report: Report, file: string, on: Terminal): Generator<string> {
  yield* head(report, file, on);
  yield* stockouts(report, on);
  yield* replayed(report, on);
  yield* errors(report, on);
  yield* worst(report, on);
  yield "";
  yield on.bold("What to doubt");
  for (const { text } of report.notes) yield* wrap(text, on.width, "    ", "  · ");
}

function* head({ file }: Report, name: string, on: Terminal): Generator<string> {
  const products = count(file.products, "product");
  yield* wrap(
    `${oneLine(name)}: ${named[file.format] ?? file.format}, ${count(file.lines, "line")}, ${products}, ${file.from} to ${file.to}`,
    on.width,
    "  ",
    "",
  );
  const room = on.width - 16;
  const each = Math.max(1, Math.ceil(file.weeklyUnits.length / room));
  const of = each === 1 ? "week" : `${each} weeks`;
  yield on.dim(`units a ${of}  `) + sparkline(file.weeklyUnits, room);
}

function* stockouts({ stockouts: all, settings }: Report, on: Terminal): Generator<string> {
  yield "";
  yield on.bold(
    all.length === 0 ? "Ran out: none that could be told" : `Ran out, probably: ${count(all.length, "time")}`,
  );
  const chance = `1 in ${Math.round(1 / improbable).toLocaleString("en")}`;
  const runs = `without a sale that chance explains at most ${chance} times by the product's own rate, while the shop sold other things`;
  if (all.length === 0) {
    yield* told(`There is no run ${runs}.`, on);
    return;
  }
  yield* told(
    `Runs ${runs}. Days are those on which the shop sold something; missed is what the product usually sells in them. The largest losses come first.`,
    on,
  );
  const chart = on.width >= 110 ? 24 : 0;
  const fixed = 11 + 6 + (isRoomy(on) ? 14 : 0) + 8 + (chart > 0 ? chart + 2 : 0) + 18;
  const room = on.width - 2 - fixed;
  const header = [
    fit("product", room),
    fit(" from", 11),
    "  days",
    ...(isRoomy(on) ? ["        chance"] : []),
    "  missed",
    ...(chart > 0 ? [`  ${fit("units a week", chart)}`] : []),
    "  warned",
  ];
  yield on.dim(`  ${header.join("")}`);
  for (const row of all.slice(0, shown.stockouts)) {
    const cells = [
      fit(title(row), room),
      ` ${row.from}`,
      `${row.until === null ? "≥" : ""}${row.openDays}`.padStart(6),
      ...(isRoomy(on) ? [odds(row.probability).padStart(14)] : []),
      whole(row.missedUnits).padStart(8),
      ...(chart > 0 ? [`  ${fit(sparkline(row.weeklyUnits), chart)}`] : []),
      `  ${warned(row, on)}`,
    ];
    yield `  ${cells.join("")}`;
  }
  yield* more(all.length - shown.stockouts, on);

  const looked = all.flatMap(({ warning }) => warning ?? []);
  if (looked.length === 0) return;
  const inTime = looked.filter((one) => one.inTime).length;
  const off = looked.flatMap(({ daysOff }) => (daysOff === null ? [] : [Math.abs(daysOff)]));
  const days = off.length === 0 ? "" : `; the day then said was off by ${middle(off)} days in the middle`;
  const before = all.length - looked.length;
  yield* told(
    `Of the ${looked.length} in the time tested a buyer who waits ${settings.leadTimeDays} days for goods would have been warned of ${inTime} in time${days}.${before > 0 ? ` ${before} came before, or cost too little to look at.` : ""}`,
    on,
  );
}

function warned({ warning }: StockoutRow, on: Terminal): string {
  if (warning === null) return on.dim("(not tested)");
  if (warning.on === null) return on.bad("never");
  const notice = `${warning.orEarlier ? "≥ " : ""}${count(warning.noticeDays, "day")} before`;
  return warning.inTime ? on.good(notice) : on.bad(notice);
}

function* replayed({ replay, settings }: Report, on: Terminal): Generator<string> {
  yield "";
  yield on.bold("Would have run out");
  if (replay.products === 0) {
    yield* told("No product sells enough to replay.", on);
    return;
  }
  yield* told(
    `Had each product had stock for ${replay.stockDays} days of its usual sales on ${replay.from}, and nothing come in for ${settings.horizonDays} days: ${whole(replay.ranOut)} of ${count(replay.products, "product")} ${replay.ranOut === 1 ? "runs" : "run"} out. Amused says so beforehand of ${whole(replay.foreseen)}, and of ${whole(replay.falseAlarms)} that ${replay.falseAlarms === 1 ? "does" : "do"} not.${
      replay.meanDaysOff === null
        ? ""
        : ` The day is off by ${replay.meanDaysOff.toFixed(1)} days on average (stock ÷ last 28 days' mean: ${(replay.naiveMeanDaysOff ?? 0).toFixed(1)}).`
    }`,
    on,
  );
  const room = on.width - 2 - 8 - 12 - 7 - (isRoomy(on) ? 18 : 0) - 8;
  const between = isRoomy(on) ? `  ${fit("8 times in 10", 16)}` : "";
  yield on.dim(
    `  ${fit("product", room)}${"stock".padStart(8)}  ${fit("ran out", 10)}  ${fit("said", 5)}${between}  chance`,
  );
  for (const row of replay.items.slice(0, shown.replay)) {
    const { p10, p50, p90 } = row.said;
    const days = p10 === null ? "later" : `${short(p10)} to ${p90 === null ? "later" : short(p90)}`;
    const cells = [
      fit(title(row), room),
      whole(row.stock).padStart(8),
      `  ${fit(row.ranOutOn ?? "lasted", 10)}`,
      `  ${fit(p50 === null ? "later" : short(p50), 5)}`,
      ...(isRoomy(on) ? [`  ${fit(days, 16)}`] : []),
      percent(row.probability).padStart(8),
    ];
    yield `  ${cells.join("")}`;
  }
  yield* more(replay.items.length - shown.replay, on);
}

function* errors({ backtest, settings }: Report, on: Terminal): Generator<string> {
  yield "";
  yield on.bold("How wrong the forecasts are");
  yield* told(
    `Units of the next ${settings.horizonDays} days for each product, from what was known on the day: |forecast − sold| in sum, as a share of what was sold. Beside it the last ${settings.horizonDays} days taken once more. 80 % band: how often it held the total.`,
    on,
  );
  const full = Math.max(
    ...backtest.windows.flatMap(({ wape, naiveWape }) => [wape ?? 0, naiveWape ?? 0]),
    0.01,
  );
  const room = Math.max(5, Math.floor((on.width - 2 - 12 - 10 - 2 * 7 - 9) / 2));
  yield on.dim(
    `  ${fit("from", 12)}${"products".padStart(8)}  ${fit("Amused", room + 7)}${fit("last 28 days", room + 7)}80 % band`,
  );
  const line = (label: string, error: ErrorOf) => {
    const { wape, naiveWape, coverage80 } = error;
    const better = (wape ?? 0) <= (naiveWape ?? 0);
    const ours = `${bar(wape ?? 0, full, room)} ${fit(percent(wape), 6)}`;
    return `  ${fit(label, 12)}${whole(error.trials).padStart(8)}  ${better ? on.good(ours) : on.bad(ours)}${on.dim(bar(naiveWape ?? 0, full, room))} ${fit(percent(naiveWape), 6)}${percent(coverage80).padStart(9)}`;
  };
  for (const window of backtest.windows) yield line(window.from, window);
  if (backtest.windows.length > 1) yield on.bold(line("all", backtest.all));
  const { all, withoutStockouts } = backtest;
  const nearer =
    all.naiveNearer === null
      ? ""
      : ` For ${percent(all.naiveNearer)} of the totals the last 28 days were nearer.`;
  const without =
    withoutStockouts.trials < all.trials && withoutStockouts.trials > 0
      ? ` Without the ${whole(all.trials - withoutStockouts.trials)} that were probably out of stock meanwhile: ${percent(withoutStockouts.wape)}, the last 28 days ${percent(withoutStockouts.naiveWape)}.`
      : "";
  yield* told(`${nearer}${without}`.trim(), on);
}

function* worst({ backtest }: Report, on: Terminal): Generator<string> {
  yield "";
  yield on.bold("Where they were worst");
  const band = isRoomy(on) ? 18 : 0;
  const room = on.width - 2 - 12 - 9 - band - 8 - 11;
  yield on.dim(
    `  ${fit("product", room)}${fit(" from", 12)}${"forecast".padStart(9)}${(isRoomy(on) ? "80 % band" : "").padStart(band)}${"sold".padStart(8)}${"28 before".padStart(11)}`,
  );
  for (const row of backtest.worst.slice(0, shown.worst)) {
    const cells = [
      fit(title(row), room),
      fit(` ${row.from}`, 12),
      whole(row.forecast).padStart(9),
      ...(isRoomy(on) ? [`${whole(row.lower)} to ${whole(row.upper)}`.padStart(band)] : []),
      `${row.probablyOutOfStock ? "*" : ""}${whole(row.actual)}`.padStart(8),
      whole(row.naive).padStart(11),
    ];
    yield `  ${cells.join("")}`;
  }
  if (backtest.worst.slice(0, shown.worst).some((row) => row.probablyOutOfStock))
    yield* told("* probably out of stock for some of that time", on);
}

const named: Record<string, string> = {
  amused: "a sales file",
  online_retail: "an Online Retail export",
  shopify: "a Shopify orders export",
};

const told = (text: string, on: Terminal): string[] => wrap(text, on.width, "  ").map((line) => on.dim(line));

function* more(rest: number, on: Terminal): Generator<string> {
  if (rest > 0) yield on.dim(`  … and ${whole(rest)} more (--json has all)`);
}

const title = ({ sku, name }: Named): string => (name === "" || name === sku ? sku : `${sku} ${name}`);
const whole = (value: number): string => Math.round(value).toLocaleString("en");
const count = (value: number, noun: string): string => `${whole(value)} ${noun}${value === 1 ? "" : "s"}`;
/** With a space that no line breaks at. */
const percent = (share: number | null): string =>
  share === null ? "–" : `${Math.round(100 * share)}\u00A0%`;
/** `11-29` of `2011-11-29`. */
const short = (day: string): string => day.slice(5);

/** `1 in 20,000`, and no finer than is meant. */
function odds(probability: number): string {
  const one = 1 / probability;
  if (one >= 1e6) return "< 1 in 1 M";
  return `1 in ${Number(one.toPrecision(1)).toLocaleString("en")}`;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
