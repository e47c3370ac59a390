import type { ImportResult, Seller } from "@amused/core";
import { demoLines, recentSales } from "./files.ts";

/** How many lines the sales file has; the source is fixed, so that this is known before it is read. */
const salesTotal = 118_058;
/** Lines that go to the import as one piece. */
const pieceLines = 500;

/**
 * Fills a shop from the demo's files by the public import. What is there already is skipped, so that a load that was cut
 * off is finished by doing it again.
 */
export async function loadDemo(
  shop: Seller,
  say: (progress: { done: number; total: number }) => void,
): Promise<void> {
  check(await shop.products.import(pieces(demoLines("products"))));
  let done = -1;
  const counted = pieces(recentSales(new Date()), (lines) => {
    done += lines;
    say({ done, total: salesTotal });
  });
  check(await shop.sales.import(counted));
}

async function* pieces(
  lines: AsyncIterable<string>,
  told: (lines: number) => void = () => {},
): AsyncGenerator<string> {
  let piece: string[] = [];
  for await (const line of lines) {
    if (piece.push(line) < pieceLines) continue;
    yield `${piece.join("\n")}\n`;
    told(piece.length);
    piece = [];
  }
  if (piece.length > 0) yield `${piece.join("\n")}\n`;
  told(piece.length);
}

function check({ failed, errors: [first] }: ImportResult): void {
  if (failed > 0)
    throw new Error(
      `${failed} rows of the demo were refused, the first (row ${first?.row}): ${first?.message}`,
    );
}
