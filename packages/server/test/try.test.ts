import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { simulateShop } from "@amused/testkit";
import { describe, expect, test } from "vitest";
import { amount } from "../src/cli/files/amount.ts";
import type { LeftOut, SaleLine } from "../src/cli/files/formats.ts";
import { readSales } from "../src/cli/files/sales-file.ts";
import { gapsOf } from "../src/cli/try/gaps.ts";
import { reportOf } from "../src/cli/try/report.ts";
import { gather } from "../src/cli/try/sales.ts";
import type { Report } from "../src/cli/try/shape.ts";
import { linesOf } from "../src/cli/try/show.ts";
import { fit, sparkline, terminal } from "../src/cli/try/terminal.ts";
import { tryFile } from "../src/cli/try.ts";
import { amused, folder } from "./support/process.ts";
import { away, smallShop, written } from "./support/sales-files.ts";

const today = Date.parse("2026-11-24") / 86_400_000;
const options = { leadTime: 7, products: 200, stockDays: null };

/** In pieces that cut lines and characters in two. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

async function tried(bytes: Uint8Array): Promise<Report> {
  const { take, done } = gather();
  const file = await readSales(pieces(bytes), take);
  return reportOf(file, done(today), options);
}

async function said(text: string): Promise<(SaleLine | LeftOut)[]> {
  const lines: (SaleLine | LeftOut)[] = [];
  await readSales(pieces(Buffer.from(text)), (line) => lines.push(line));
  return lines;
}

describe("the same sales in every format", { timeout: 60_000 }, () => {
  const expected = tried(written["our own"]!(smallShop()));

  test("a product that was away is found, with its days, and a warning before it", async () => {
    const { stockouts, file } = await expected;
    expect(file).toMatchObject({ format: "amused", from: "2024-01-01", to: "2024-07-18", products: 6 });
    expect(stockouts).toHaveLength(1);
    expect(stockouts[0]).toMatchObject({ ...away, openDays: 14, name: 'Café n° 1, "mild"' });
    expect(stockouts[0]?.probability).toBeLessThan(0.001);
    expect(stockouts[0]?.warning).toMatchObject({ inTime: true, on: expect.stringMatching(/^2024-0[56]/) });
  });

  test("with stock for three days nobody who waits a week is warned in time", async () => {
    const { take, done } = gather();
    const file = await readSales(pieces(written["our own"]!(smallShop())), take);
    const { stockouts, replay } = await reportOf(file, done(today), { ...options, stockDays: 3 });
    const { noticeDays, inTime } = stockouts[0]?.warning ?? {};
    expect([noticeDays, inTime]).toEqual([expect.toBeOneOf([2, 3, 4]), false]);
    expect(replay).toMatchObject({ stockDays: 3, products: 6, ranOut: 6, foreseen: 6 });
    expect((await expected).replay).toMatchObject({ stockDays: 11 });
  });

  for (const [name, write] of Object.entries(written))
    test(name, async () => {
      const report = await tried(write(smallShop()));
      const { stockouts, replay, backtest } = await expected;
      expect(report.file.leftOut).toEqual({
        ...{ unreadable: 0, cancelled: 0, not_a_product: 0 },
        ...{ no_price: 0, in_the_future: 0, too_old: 0 },
      });
      expect(report).toMatchObject({ stockouts, replay, backtest });
      const order = /(month|day)s first/.exec(name)?.[1] ?? null;
      expect(report.file.dateOrder).toBe(order === null ? null : `${order} first`);
    });

  test("gzipped", async () => {
    const report = await tried(gzipSync(written["our own"]!(smallShop())));
    expect(report.stockouts).toEqual((await expected).stockouts);
  });
});

describe("what a format says", () => {
  test("Online Retail: postage and corrections are no sales, a bulk order taken back is no demand", async () => {
    const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    const rows = [
      "541431,23166,MEDIUM CERAMIC JAR,74215,1/18/2011 10:01,1.04,12346,United Kingdom",
      "C541433,23166,MEDIUM CERAMIC JAR,-74215,1/18/2011 10:17,1.04,12346,United Kingdom",
      "541434,23166,MEDIUM CERAMIC JAR,12,1/19/2011 9:00,1.25,,United Kingdom",
      "C541435,23166,MEDIUM CERAMIC JAR,-2,1/20/2011 9:00,1.25,,United Kingdom",
      "541436,POST,POSTAGE,1,1/20/2011 9:00,18,,France",
      "541437,85123a,damaged,-10,1/20/2011 9:00,0,,United Kingdom",
      "541438,85123a,,3,1/20/2011 9:00,2.55,,United Kingdom",
    ];
    const { take, done } = gather();
    await readSales(pieces(Buffer.from([header, ...rows].join("\n"))), take);
    const sales = done(today);
    expect(sales.products).toMatchObject([
      { sku: "23166", days: [1], units: [12] },
      { sku: "85123A", days: [2], units: [3] },
    ]);
    expect(sales).toMatchObject({ returns: 2, takenBack: 1, leftOut: { not_a_product: 1, no_price: 1 } });
  });

  test("Shopify: an order's other rows share its date and fate, and a line without a SKU goes by its name", async () => {
    const lines = await said(
      [
        "Name,Financial Status,Created at,Cancelled at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
        "#1,paid,2024-03-01 09:00:00 -0500,,2,Mug - Red,9.50,MUG-R",
        "#1,,,,1,Gift card,20.00,",
        "#2,refunded,2024-03-02 09:00:00 -0500,2024-03-02 10:00:00 -0500,5,Mug - Red,9.50,MUG-R",
        "#2,,,,5,Tea,4.00,TEA",
        "#3,voided,2024-03-03 09:00:00 -0500,,1,Tea,4.00,TEA",
      ].join("\n"),
    );
    const first = { order: "#1", productId: "", soldAt: "2024-03-01 09:00:00 -0500" };
    expect(lines).toEqual([
      { ...first, sku: "MUG-R", name: "Mug - Red", quantity: 2, price: 9.5 },
      { ...first, sku: "Gift card", name: "Gift card", quantity: 1, price: 20 },
      ...["cancelled", "cancelled", "cancelled"],
    ]);
  });

  test("numbers as people write them", () => {
    const read = (text: string) => [amount(text, true), amount(text, false)];
    expect(read("1234.5")).toEqual([1234.5, 1234.5]);
    expect(read("1,234.50")).toEqual([1234.5, 1234.5]);
    expect(read("€ 1.234,50")).toEqual([1234.5, 1234.5]);
    expect(read("4,90")).toEqual([4.9, 4.9]);
    expect(read("1,234")).toEqual([1234, 1.234]);
    for (const none of ["", "-", "1e9", "twelve", "1.2.3", "NaN"]) expect(read(none)).toEqual([null, null]);
  });
});

describe("stock-outs", { timeout: 60_000 }, () => {
  test("in shops that are known to the last unit nearly all gaps are true, and demand that was met has none", () => {
    let found = 0;
    let isTrue = 0;
    let invented = 0;
    for (const seed of [1, 2, 3])
      for (const { sold, wanted } of simulateShop({ seed, products: 60, days: 365 }).truth.values()) {
        const open = new Array<boolean>(365).fill(true);
        const gapsIn = (units: Float64Array) => {
          const first = units.findIndex((sold) => sold > 0);
          return first < 0 ? [] : gapsOf(units.subarray(first), first, open);
        };
        for (const { from, to } of gapsIn(sold)) {
          found++;
          if (wanted.subarray(from, to).some((units) => units > 0)) isTrue++;
        }
        invented += gapsIn(wanted).length;
      }
    expect(found).toBeGreaterThan(20);
    expect(isTrue / found).toBeGreaterThan(0.9);
    expect(invented).toBeLessThan(3);
  });

  test("a closed shop is no stock-out, and neither is a product taken off the list", async () => {
    const closed = smallShop().filter(({ day }) => day < "2024-04-01" || day >= "2024-04-15");
    const { stockouts } = await tried(written["our own"]!(closed));
    expect(stockouts.map(({ from }) => from)).toEqual([away.from]);
    const dropped = smallShop().filter(({ sku, day }) => sku !== "10002" || day < "2024-03-01");
    const after = await tried(written["our own"]!(dropped));
    expect(after.stockouts.map(({ sku }) => sku)).toEqual([away.sku]);
  });
});

describe("on a terminal", { timeout: 60_000 }, () => {
  test("no line is wider, whatever the names, and nothing of a file reaches the terminal", async () => {
    const names = ["\x1b[31mRed\x1b]0;title\x07", "抹茶セット（大）京都の宇治から", "x".repeat(400)];
    const sold = smallShop().map((one, i) => ({ ...one, name: names[i % 3] as string }));
    const report = await tried(written["our own"]!(sold));
    for (const columns of [60, 80, 120, 300]) {
      const lines = [...linesOf(report, "a\nb.csv", terminal({ columns }, {}))];
      for (const line of lines) {
        expect(line).not.toMatch(/\p{Cc}/u);
        const wide = [...line].filter((one) => /[\u3000-\u9FFF\uFF00-\uFF60]/.test(one)).length;
        expect([columns, line, [...line].length + wide <= Math.min(columns, 120)]).toEqual([
          columns,
          line,
          true,
        ]);
      }
    }
  });

  test("colours are for terminals, and not where NO_COLOR is set", async () => {
    const report = await tried(written["our own"]!(smallShop()));
    const shown = (isTTY: boolean, env: Record<string, string>) =>
      [...linesOf(report, "sales.csv", terminal({ isTTY, columns: 80 }, env))].join("\n");
    const plain = shown(false, {});
    expect(shown(true, { NO_COLOR: "1" })).toBe(plain);
    expect(shown(true, {})).not.toBe(plain);
    expect(stripVTControlCharacters(shown(true, {}))).toBe(plain);
    expect(plain).toMatch(/Ran out, probably: 1 time\n/);
    expect(plain).toMatch(/10001 Café.*2024-06-10 +14/);
  });

  test("charts", () => {
    expect(sparkline([0, 1, 4, 8])).toBe("·▂▅█");
    expect(sparkline([5, 9, 1, 1, 2, 2, 2], 3)).toBe("█▅");
    expect(fit("抹茶", 3)).toBe("抹…");
    expect(fit("ab", 4)).toBe("ab  ");
  });
});

describe("what can not be tried is refused in one sentence", { timeout: 60_000 }, () => {
  const header = "sku,quantity,price,soldAt,orderId\n";
  const daily = (days: number, more = "") =>
    header +
    Array.from(
      { length: days },
      (_, i) => `T-1,2,4.90,${new Date(1.7e12 + i * 86_400_000).toISOString()},o-${i}${more}\n`,
    ).join("");
  const cases: Record<string, [string | Uint8Array, string | RegExp]> = {
    "an empty file": ["", "The file is empty."],
    "blank lines": ["\n\n  \n", "The file is empty."],
    "a header alone": [header, "The file has a header and no sales."],
    "other columns": [
      "date,item,\x1b[31mamount\n2024-01-01,x,1\n",
      /^No known columns: the file has date, item, .*amount; what is read is a Shopify .*InvoiceDate.*soldAt\)\.$/,
    ],
    "no dates": [`${header}T-1,2,4.90,tomorrow,o-1\n`, /^No dates are understood: the first is "tomorrow"/],
    "days that do not exist": [`${header}T-1,2,4.90,2024-02-30,o-1\n`, /^No dates are understood/],
    "sales in the future": [
      `${header}T-1,2,4.90,2199-02-03,o-1\n`,
      /^The only line is no sale that can be used/,
    ],
    "too few days": [
      daily(55),
      /^The sales cover 55 days; 56 are needed: 28 to learn from, and 28 to test on\.$/,
    ],
    "a few products of the last days": [
      `${header}T-0,-1,1,2023-01-01,o\nT-1,1,1,2023-01-01,o\n${daily(10).slice(header.length)}`.replace(
        "T-1,1,1",
        "T-2,1,0",
      ),
      /^No product was sold from 56 days before the end on/,
    ],
    "a missing quote": [
      `${daily(60)}"T-1,2,4.90,2024-01-01,o\n${"x\n".repeat(600_000)}`,
      /is a quote missing in it\?$/,
    ],
    "a spreadsheet": [
      Buffer.from("PK\x03\x04rest"),
      /spreadsheet or a ZIP archive: save the sheet as CSV first\.$/,
    ],
    "a picture": [
      Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n", "latin1"),
      "This is no text: a CSV is needed.",
    ],
    "one line without an end": ["x".repeat(3_000_000), /^Line 1 is longer than 1,000,000 characters/],
    "a broken archive": [gzipSync(daily(100)).subarray(0, 200), /gzipped, and can not be unpacked/],
  };
  for (const [name, [content, message]] of Object.entries(cases))
    test(name, async () => {
      const path = join(await folder(), "sales.csv");
      await writeFile(path, content);
      const flags = { leadTime: "14", products: "200" };
      const error = await tryFile(path, flags).then(
        () => null,
        (error: Error) => error,
      );
      expect(error).toMatchObject({ name: "Refusal", message: expect.stringMatching(message) });
    });

  test("bad flags and places", async () => {
    const flags = { leadTime: "14", products: "200" };
    const refused = (path: string, more: object) =>
      expect(tryFile(path, { ...flags, ...more })).rejects.toThrow;
    await refused("x.csv", { leadTime: "0" })("--lead-time is a whole number from 1 to 180, not 0.");
    await refused("x.csv", { products: "many" })("--products is a whole number from 1 to 1000, not many.");
    await refused("x.csv", { stockDays: "1.5" })("--stock-days is a whole number from 1 to 365, not 1.5.");
    await refused("/nowhere/x.csv", {})("There is no file /nowhere/x.csv.");
    await refused("/", {})("/ is a folder, not a file.");
  });

  test("a slip in a year neither stretches the time nor ends it", async () => {
    const slips = ["T-1,1,1,1970-01-01,o", "T-1,1,1,2199-01-01,o"].join("\n");
    const { file, backtest } = await tried(Buffer.from(`${daily(100)}${slips}\n`));
    expect(file).toMatchObject({ days: 100, leftOut: { too_old: 1, in_the_future: 1, unreadable: 0 } });
    expect(backtest.windows).toHaveLength(2);
  });

  test("rows that can not be read are counted, and the others used", async () => {
    const report = await tried(Buffer.from(`${daily(100)}T-1\n,3,1,2024-01-01,o\nT-1,9e9,1,2024-01-01,o\n`));
    expect(report.file).toMatchObject({ lines: 103, days: 100, leftOut: { unreadable: 3 } });
    expect(report.notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["few_products", "left_out", "no_second_year"]),
    );
  });
});

describe("the command", { timeout: 180_000 }, () => {
  test("tries a year of a real shop, and better than the last 28 days once more", async () => {
    const demo = join(import.meta.dirname, "../demo/sales.csv.gz");
    const from = performance.now();
    const run = amused(["try", demo, "--json"]);
    expect([await run.ended, run.stderr()]).toEqual([0, ""]);
    // It takes 10 s of a free processor; this is for one that has much else to do.
    expect(performance.now() - from).toBeLessThan(120_000);
    const report = JSON.parse(run.stdout()) as Report;
    expect(report.file).toMatchObject({
      lines: 118_058,
      products: 200,
      from: "2010-12-01",
      to: "2011-12-09",
    });
    expect(report.stockouts).toContainEqual(
      expect.objectContaining({ sku: "22427", from: "2011-10-21", until: "2011-11-28" }),
    );
    const { all, windows } = report.backtest;
    expect(windows).toHaveLength(6);
    expect(all.wape).toBeLessThan(all.naiveWape ?? 0);
    expect(all.coverage80).toBeGreaterThan(0.7);
  });

  test("reads standard input, and says one line where it refuses", async () => {
    const run = amused(["try", "-"]);
    run.child.stdin?.end("a,b\n1,2\n");
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toMatch(/^amused: No known columns: the file has a, b; [^\n]+\n$/);
    expect(run.stdout()).toBe("");
  });
});
