import type {
  ForecastReceipts,
  ForecastScore,
  PredictionRecord,
  PredictionScore,
} from "../../domain/prediction.ts";
import { addDays } from "../../domain/time.ts";
import type { ScoredPrediction, ScoreSums } from "../../ports/predictions.ts";
import type { Repositories } from "../../ports/repositories.ts";

/** How far back receipts count. */
export const receiptDays = 90;
/** Scores looked at of one product: one a week. */
const receiptsEach = 13;
/** With fewer scores nothing is said against the engine. */
const enough = 4;
/** The model's name in a prediction for which the engine stepped back. */
export const plainModel = "plain level";

/** Products' receipts, where they have some. */
export async function readReceipts(
  { predictions }: Pick<Repositories, "predictions">,
  sellerId: string,
  productIds: number[],
  today: string,
): Promise<Map<number, ForecastReceipts | null>> {
  const scores = await predictions.lastScores(sellerId, {
    ...{ productIds, type: "forecast", each: receiptsEach },
    since: new Date(addDays(today, -receiptDays)),
  });
  const byProduct = Map.groupBy(scores, ({ productId }) => productId);
  return new Map([...byProduct].map(([productId, own]) => [productId, receiptsOf(own)]));
}

/**
 * What the last forecasts of a product came to, the newest first. The engine steps back where its own did worse than
 * repeating the 28 days before. What was forecast after that says nothing of the engine, and as its own grow old it is tried again.
 */
export function receiptsOf(scores: readonly ScoredPrediction[]): ForecastReceipts | null {
  if (scores.length === 0) return null;
  const own = sumsOf(scores.filter(({ model }) => model !== plainModel));
  const isWorse = own.scored >= enough && (own.sums.off ?? 0) > (own.sums.naiveOff ?? 0);
  return { ...forecastPart(sumsOf(scores)), steppedBack: isWorse };
}

/** What the sums of scores say. */
export function recordOf(sums: readonly ScoreSums[], since: string): PredictionRecord {
  const of = (type: string): Sums => sums.find((one) => one.type === type) ?? { scored: 0, sums: {} };
  const stockouts = of("stockout");
  const { held, brier, naiveBrier, dated, off, naiveOff } = stockouts.sums;
  return {
    since,
    forecast: forecastPart(of("forecast")),
    stockout: {
      scored: stockouts.scored,
      coverage80: share(held, stockouts.scored),
      brier: share(brier, stockouts.scored),
      naiveBrier: share(naiveBrier, stockouts.scored),
      dayError: share(off, dated),
      naiveDayError: share(naiveOff, dated),
    },
  };
}

type Sums = Pick<ScoreSums, "scored" | "sums">;

function forecastPart({ scored, sums }: Sums): PredictionRecord["forecast"] {
  return {
    scored,
    wape: share(sums.off, sums.sold),
    naiveWape: share(sums.naiveOff, sums.sold),
    coverage80: share(sums.held, sums.days),
  };
}

function sumsOf(scores: readonly ScoredPrediction[]): Sums {
  const names = ["off", "naiveOff", "sold", "held", "days"] as const;
  const sum = (name: keyof ForecastScore) =>
    scores.reduce((total, one) => total + (one as PredictionScore & { score: ForecastScore }).score[name], 0);
  return { scored: scores.length, sums: Object.fromEntries(names.map((name) => [name, sum(name)])) };
}

const share = (part: number | undefined, whole: number | undefined): number | null =>
  part !== undefined && whole !== undefined && whole > 0 ? Math.round((part / whole) * 1000) / 1000 : null;
