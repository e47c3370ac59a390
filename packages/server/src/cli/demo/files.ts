import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { asset } from "../assets.ts";
import { Refusal } from "../fail.ts";

const weekMs = 7 * 86_400_000;
/** The shop's last day in the source. */
const lastDay = Date.parse("2011-12-09T23:59:59Z");

/** The lines of one of the demo's files, without their breaks. */
export async function* demoLines(name: "products" | "sales"): AsyncGenerator<string> {
  const path = asset(`demo/${name}.csv.gz`);
  if (path === null)
    throw new Refusal("The demo's data is not where this package keeps it; install the package again.");
  yield* createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
}

/** The sales, moved by whole weeks so that the shop's last day lies in the seven days before `now`. */
export async function* recentSales(now: Date): AsyncGenerator<string> {
  const shift = Math.floor((now.getTime() - lastDay) / weekMs) * weekMs;
  let header = true;
  for await (const line of demoLines("sales")) {
    const at = line.lastIndexOf(",") + 1;
    yield header ? line : line.slice(0, at) + new Date(Date.parse(line.slice(at)) + shift).toISOString();
    header = false;
  }
}
