import { setImmediate } from "node:timers/promises";
import { Refusal } from "./fail.ts";
import { bytesOf } from "./files/bytes.ts";
import { readSales } from "./files/sales-file.ts";
import { dayMs } from "./files/written-day.ts";
import { progressOn } from "./screen.ts";
import { reportOf, type TryOptions } from "./try/report.ts";
import { gather } from "./try/sales.ts";
import { linesOf } from "./try/show.ts";
import { terminal } from "./try/terminal.ts";

export interface TryFlags {
  leadTime: string;
  products: string;
  stockDays?: string;
  json?: boolean;
}

/** `amused try FILE`: from a file of sales alone, what ran out, when Amused would have warned, and how wrong its forecasts were. */
export async function tryFile(path: string, flags: TryFlags): Promise<void> {
  const options: TryOptions = {
    leadTime: whole("--lead-time", flags.leadTime, 1, 180),
    products: whole("--products", flags.products, 1, 1000),
    stockDays: flags.stockDays === undefined ? null : whole("--stock-days", flags.stockDays, 1, 365),
  };
  const { stdout, stderr } = process;
  const progress = progressOn(stderr);
  try {
    const { take, done } = gather();
    const file = await readSales(await bytesOf(path), take, (lines) =>
      progress(`reads: ${lines.toLocaleString("en")} lines`),
    );
    const report = await reportOf(file, done(Math.floor(Date.now() / dayMs)), options, async (text) => {
      progress(text);
      // Lets Ctrl-C and the terminal through, between stretches of pure computing.
      await setImmediate();
    });
    progress("");
    if (flags.json) console.log(JSON.stringify(report, sixDigits));
    else
      for (const line of linesOf(
        report,
        path === "-" ? "standard input" : path,
        terminal(stdout, process.env),
      ))
        console.log(line);
  } catch (error) {
    progress("");
    throw error;
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Refusal(`${flag} is a whole number from ${min} to ${max}, not ${text}.`);
}

/** A replacer for `JSON.stringify`: more digits would be noise. */
const sixDigits = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
