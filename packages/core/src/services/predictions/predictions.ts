import { encodedValue } from "../../domain/encoded.ts";
import { explainQuerySchema } from "../../domain/explanation.ts";
import { parse } from "../../domain/parse.ts";
import {
  type AtRisk,
  atRiskQuerySchema,
  forecastQuerySchema,
  type PredictionScore,
  type PredictionType,
  type ProductForecast,
  type ProductStockout,
  predictionQuerySchema,
  recordQuerySchema,
} from "../../domain/prediction.ts";
import { addDays, dateOf, dayMs } from "../../domain/time.ts";
import { notFound } from "../../errors.ts";
import type { AtRiskRow, CurrentPrediction } from "../../ports/predictions.ts";
import type { Rows } from "../../ports/rows.ts";
import { answerRead, checkSees, type Deps } from "../deps.ts";
import { pageOf, positionOf } from "../pages.ts";
import type { Answer, Context, Services } from "../services.ts";
import { singleFlight } from "../single-flight.ts";
import { explain } from "./explain.ts";
import { storedHorizon } from "./outlook.ts";
import { receiptDays, recordOf } from "./receipts.ts";
import { readOutlooks, refresh } from "./refresh.ts";

const atRiskOf = ({ product, stockout, behind }: AtRiskRow): AtRisk => ({
  product,
  stockout: { ...(stockout as Omit<ProductStockout, "behind">), behind },
});

/** A prediction this young is served though something happened since: a burst of sales is not a burst of forecasts. */
const burstMs = 1_000;

/** Scores that two nodes give at once may come in another order than their times. */
const hourMs = 3_600_000;

/** What will be sold, and when stock runs out: stored, and made anew when something happened to the product. */
export function predictionsService(deps: Deps): Services["predictions"] {
  const { repositories } = deps;
  /** Predictions on their way, so that many who ask cause one. */
  const single = singleFlight();

  function isFresh({ behind, expiresAt, body }: CurrentPrediction): boolean {
    const now = deps.now().getTime();
    if (Date.parse(expiresAt) <= now) return false;
    // What was made yesterday begins with yesterday.
    if (dateOf(new Date(body.value.createdAt)) !== dateOf(deps.now())) return false;
    // Either way: by a clock that went back, it was made in the future.
    return behind === 0 || Math.abs(now - Date.parse(body.value.createdAt)) < burstMs;
  }

  /** The current prediction, fresh. */
  async function freshest(
    { sellerId }: Context,
    productId: number,
    type: PredictionType,
  ): Promise<CurrentPrediction> {
    let found = await repositories.predictions.find(sellerId, productId, type);
    if (found === null || !isFresh(found)) {
      await single(`${sellerId}\n${productId}`, () => refresh(deps, sellerId, [productId]));
      found = await repositories.predictions.find(sellerId, productId, type);
    }
    if (found === null) throw notFound("product", productId);
    return found;
  }

  async function current<T extends object>(
    context: Context,
    productId: number,
    type: PredictionType,
  ): Promise<Answer<T & { behind: number }>> {
    const found = await freshest(context, productId, type);
    const data = found.body.value.data as T;
    return answerRead(deps, context.sellerId, {
      body: encodedValue({ ...data, behind: found.behind }),
      head: found.head,
    });
  }

  return {
    counters: deps.predictionCounters,

    async explain(context, productId, input) {
      checkSees(context);
      const { type } = parse(explainQuerySchema, input);
      await freshest(context, productId, type);
      const found = await explain(repositories, context.sellerId, productId, type);
      if (found === null) throw notFound("product", productId);
      const { explanation, head } = found;
      return answerRead(deps, context.sellerId, { body: encodedValue(explanation), head });
    },

    async forecast(context, productId, input) {
      checkSees(context);
      const { horizon } = parse(forecastQuerySchema, input);
      if (horizon > storedHorizon) return longForecast(context, productId, horizon);
      const answer = await current<Omit<ProductForecast, "behind">>(context, productId, "forecast");
      const { value } = answer.body;
      return { ...answer, body: encodedValue({ ...value, points: value.points.slice(0, horizon) }) };
    },

    async stockout(context, productId) {
      checkSees(context);
      return current<Omit<ProductStockout, "behind">>(context, productId, "stockout");
    },

    async atRisk(context, input) {
      checkSees(context);
      const { limit, cursor, within } = parse(atRiskQuerySchema, input);
      const filters = ["atRisk", within];
      const rows = await repositories.predictions.atRisk(context.sellerId, {
        ...{ limit, after: positionOf(cursor, filters) },
        until: addDays(dateOf(deps.now()), within - 1),
      });
      return answerRead(deps, context.sellerId, {
        body: pageOf({ ...rows, body: encodedValue(rows.body.value.map(atRiskOf)) }, filters),
        head: rows.head,
      });
    },

    async scores(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(predictionQuerySchema, input);
      const rows = await repositories.predictions.scores(context.sellerId, {
        ...{ limit, after: positionOf(cursor, ["scores", filters]) },
        ...{ productId: filters.productId ?? null, type: filters.type ?? null },
      });
      // What is in them is what `scoreOf` made.
      const scores = rows as Rows<PredictionScore>;
      return answerRead(deps, context.sellerId, {
        body: pageOf(scores, ["scores", filters]),
        head: rows.head,
      });
    },

    async record(context, input) {
      checkSees(context);
      const { productId = null } = parse(recordQuerySchema, input);
      const { sellerId } = context;
      const since = addDays(dateOf(deps.now()), -receiptDays);
      const sum = async () => {
        const { body } = await repositories.predictions.sums(sellerId, { productId, since: new Date(since) });
        return recordOf(body.value, since);
      };
      const filter = { productId, type: null, limit: 1, after: null };
      const { body, head } = await repositories.predictions.scores(sellerId, filter);
      // A large shop has hundreds of thousands of scores: they are summed once for all who ask, until there is another.
      const last = body.value.map(({ id, scoredAt }) => [id, scoredAt]);
      const key = { sellerId, kind: "record", inputs: { since, last } };
      const record = productId === null ? await deps.cached.answer(key, hourMs, sum) : await sum();
      return answerRead(deps, sellerId, { body: encodedValue(record), head });
    },

    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(predictionQuerySchema, input);
      const rows = await repositories.predictions.list(context.sellerId, {
        ...{ limit, after: positionOf(cursor, ["predictions", filters]) },
        ...{ productId: filters.productId ?? null, type: filters.type ?? null },
      });
      return answerRead(deps, context.sellerId, {
        body: pageOf(rows, ["predictions", filters]),
        head: rows.head,
      });
    },
  };

  /**
   * Further ahead than what is stored: made for this answer, and kept in the cache. Whatever would be in it makes another
   * current prediction, or leaves that further behind, and so asks for it under another key.
   */
  async function longForecast(
    context: Context,
    productId: number,
    horizon: number,
  ): Promise<Answer<ProductForecast>> {
    const { sellerId } = context;
    const { body, behind, head } = await freshest(context, productId, "forecast");
    // The id alone comes again in a database that was restored.
    const { id, createdAt } = body.value;
    const inputs = { productId, horizon, day: dateOf(deps.now()), prediction: [id, createdAt], behind };
    const forecast = await deps.cached.answer({ sellerId, kind: "forecast", inputs }, dayMs, async () => {
      const { outlooks, failures } = await readOutlooks(deps, sellerId, [productId], { horizon });
      if (failures.length > 0) throw failures[0];
      const made = outlooks.get(productId);
      if (made === undefined) throw notFound("product", productId);
      return made.forecast;
    });
    return answerRead(deps, sellerId, { body: encodedValue({ ...forecast, behind: 0 }), head });
  }
}
