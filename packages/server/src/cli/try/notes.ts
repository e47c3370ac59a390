import type { Sales } from "./sales.ts";
import type { Note, Report } from "./shape.ts";

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** Where the reasoning is weak. */
export function notesOf({ file, stockouts, backtest, replay }: Omit<Report, "notes">, sales: Sales): Note[] {
  const notes: Note[] = [];
  const add = (when: boolean, code: string, text: string) => {
    if (when) notes.push({ code, text });
  };
  const left = Object.values(file.leftOut).reduce((sum, count) => sum + count, 0);
  const { wape, naiveWape, bias, coverage80 } = backtest.all;
  add(
    true,
    "stock_is_inferred",
    "A file of sales knows no stock. A product that nobody bought for much longer than chance explains was probably out of stock; it may also have been taken off the list, or hidden. A few days without stock, or stock of a slow seller, can not be told from chance: most short stock-outs are not seen.",
  );
  add(
    stockouts.some(({ warning }) => warning !== null),
    "warnings_know_the_end",
    "Warnings before a probable stock-out take the stock of each day to be what was sold from then to the gap. Nobody knew that at the time, and a delivery in between would change it. A reorder point guards against bad luck too, so where sales come in bunches the warning comes early. Warnings that came to nothing are not counted here; the replay has those.",
  );
  add(
    stockouts.some(({ until }) => until === null),
    "not_back_yet",
    "Products that were not sold again up to the end of the file may be gone for good.",
  );
  add(
    sales.products.length < 5,
    "few_products",
    "With so few products a day on which the shop was closed can not be told from an empty shelf: days without any sale say nothing here.",
  );
  add(
    wape !== null && naiveWape !== null && wape > naiveWape,
    "worse_than_naive",
    "Over all, the forecasts were worse than repeating the last 28 days: on this file, do not believe them.",
  );
  add(
    wape !== null && naiveWape !== null && wape <= naiveWape && wape > 0.95 * naiveWape,
    "hardly_better_than_naive",
    "The forecasts were hardly better than repeating the last 28 days.",
  );
  add(
    wape !== null && wape > 0.5,
    "large_errors",
    `Totals of four weeks were off by ${percent(wape ?? 0)}: sales of these products can hardly be told ahead.`,
  );
  add(
    Math.abs(bias ?? 0) > 0.05,
    "bias",
    `In sum the forecasts were ${percent(Math.abs(bias ?? 0))} too ${(bias ?? 0) < 0 ? "low: a rise was not foreseen, or not far enough" : "high: a fall was not foreseen, or not far enough"}.`,
  );
  add(
    file.days < 2 * 365,
    "no_second_year",
    "The file has less than two years: a season of the year can not be learned from it, and a Christmas is not foreseen.",
  );
  add(
    coverage80 !== null && (coverage80 < 0.7 || coverage80 > 0.9),
    "coverage",
    `The 80 % bands held ${percent(coverage80 ?? 0)}: they are too ${(coverage80 ?? 0) < 0.8 ? "narrow" : "wide"} here.`,
  );
  add(
    backtest.windows.length < 3,
    "few_tests",
    `Forecasts were tested ${backtest.windows.length === 1 ? "once" : "twice"} only: good or bad luck of a month weighs heavily.`,
  );
  add(
    replay.products > 0,
    "replay_assumes",
    `The replay gives each product stock for ${replay.stockDays} days of usual sales and lets nothing come in; what you had is not in the file.`,
  );
  add(
    sales.products.every(({ price }) => price === null),
    "no_prices",
    "The file has no prices: products are ranked by units.",
  );
  add(
    left > 0,
    "left_out",
    `${whole(left)} of ${whole(file.lines)} lines ${left === 1 ? "was" : "were"} left out: ${Object.entries(
      file.leftOut,
    )
      .filter(([, count]) => count > 0)
      .map(([why, count]) => `${whole(count)} ${words[why as keyof typeof file.leftOut]}`)
      .join(", ")}.`,
  );
  add(
    file.returns > 0,
    "returns",
    `${whole(file.returns)} ${file.returns === 1 ? "return does" : "returns do"} not lower demand, but for ${whole(file.returnsTakenBack)} that took back one of a product's largest lines within two weeks.`,
  );
  return notes;
}

const words: Record<keyof Report["file"]["leftOut"], string> = {
  unreadable: "that can not be read",
  cancelled: "of cancelled orders",
  not_a_product: "of postage, fees and corrections",
  no_price: "without a price",
  in_the_future: "dated in the future",
  too_old: "more than three years old",
};
