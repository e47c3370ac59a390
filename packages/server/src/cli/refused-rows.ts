import type { ImportResult } from "@amused/core";
import { oneLine } from "./fail.ts";

/** Rows and causes that are named; what is beyond is counted. */
const rowsShown = 5;
const causesShown = 10;

/** The rows that an import refused, in a few lines: one for each cause, and what to do where that is known. */
export function failuresOf({ failed, errors }: Pick<ImportResult, "failed" | "errors">): string[] {
  if (failed === 0) return [];
  const causes = [...Map.groupBy(errors, causeOf).values()].sort((a, b) => b.length - a.length);
  const lines = causes.slice(0, causesShown).map((alike) => {
    const [first] = alike as [(typeof errors)[number]];
    const rows = alike.slice(0, rowsShown).map(({ row }) => row);
    const more = alike.length > rows.length ? ", …" : "";
    const head =
      alike.length === 1 ? `row ${first.row}` : `${whole(alike.length)} rows (${rows.join(", ")}${more})`;
    const example = alike.some(({ message }) => message !== first.message) ? "such as " : "";
    return oneLine(`${head}: ${example}${first.message}`);
  });
  if (causes.length > causesShown)
    lines.push(`… and ${whole(causes.length - causesShown)} more causes (--json has them)`);
  if (failed > errors.length)
    lines.push(`These are the first ${whole(errors.length)} of ${whole(failed)} rows that were refused.`);
  if (errors.some(isUnknownProduct))
    lines.push(
      "Products come before their sales: amused import products FILE. FILE may be this file of sales: its products are taken from it.",
    );
  return lines;
}

/** What faults have in common: their message but for the values in it. */
function causeOf(error: { path?: string; message: string }): string {
  return isUnknownProduct(error) ? "no product" : error.message.replace(/\d[\d,.]*/g, "#");
}

const isUnknownProduct = ({ message }: { message: string }): boolean =>
  /^(sku|productId): there is no product /.test(message);

const whole = (count: number): string => count.toLocaleString("en");
