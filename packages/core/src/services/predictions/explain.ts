import { formatCursor } from "../../domain/cursor.ts";
import type { PredictionExplanation } from "../../domain/explanation.ts";
import type { PredictionType, ProductForecast, ProductStockout } from "../../domain/prediction.ts";
import type { Sale } from "../../domain/sale.ts";
import type { Movement } from "../../domain/stock.ts";
import { addDays, startOf } from "../../domain/time.ts";
import type { CurrentPrediction } from "../../ports/predictions.ts";
import type { Repositories } from "../../ports/repositories.ts";

const most = { emptied: 20, sales: 20, movements: 5, incoming: 20, since: 20, withoutStock: 366 };
/** Movements looked at for those that left nothing. */
const lookedAt = 500;

/** What the current prediction of a product rests on; `null` when there is none. */
export async function explain(
  { predictions, sales, stock, incoming, events }: Repositories,
  sellerId: string,
  productId: number,
  type: PredictionType,
): Promise<{ explanation: PredictionExplanation; head: CurrentPrediction["head"] } | null> {
  const [found, forecast, stockout] = await Promise.all([
    predictions.find(sellerId, productId, type),
    predictions.find(sellerId, productId, "forecast"),
    predictions.find(sellerId, productId, "stockout"),
  ]);
  if (found === null || forecast === null || stockout === null) return null;
  const said = found.body.value.data as Pick<ProductForecast, "model" | "accuracy" | "reasons">;
  const { history } = forecast.body.value.data as ProductForecast;
  const { quantity } = stockout.body.value.data as ProductStockout;
  const before = startOf(addDays(history.to, 1));
  const [days, sold, moved, coming, since] = await Promise.all([
    history.from === null ? null : sales.daily(sellerId, productId, history.from, history.to),
    sales.list(sellerId, { ...{ productId, from: null, before }, ...{ limit: most.sales, after: null } }),
    stock.movements(sellerId, productId, { limit: lookedAt, after: null }),
    incoming.list(sellerId, { productId, state: "open", limit: most.incoming, after: null }),
    events.read(sellerId, { ...{ after: found.basedOn, limit: most.since, productId }, types: relevant }),
  ]);
  const movements = moved?.body.value ?? [];
  const mixture = said.reasons.find(({ kind }) => kind === "mixture");
  return {
    head: found.head,
    explanation: {
      prediction: found.body.value,
      model: said.model,
      members: (mixture?.members ?? []) as PredictionExplanation["members"],
      rivals: rivalsOf(said),
      reasons: said.reasons,
      history: {
        ...{ from: history.from, to: history.to, days: history.days },
        withoutStock: (days?.body.value ?? [])
          .filter(({ stockedOut }) => stockedOut)
          .map(({ date }) => date)
          .reverse()
          .slice(0, most.withoutStock),
        emptied: movements.filter(leftNothing).slice(0, most.emptied),
        sales: sold.body.value satisfies Sale[],
      },
      stock: { quantity, movements: movements.slice(0, most.movements), incoming: coming.body.value },
      cursor: since === null ? null : formatCursor({ epoch: since.epoch, seq: found.basedOn }),
      since: (since?.events ?? []).map(({ text }) => (JSON.parse(text) as { id: string }).id),
    },
  };
}

/** What happens to a product that its predictions are made of. */
const relevant = ["sale.*", "stock.adjusted", "incoming.*", "product.updated"];

const leftNothing = ({ quantity, delta }: Movement) => quantity === 0 && delta !== 0;

function rivalsOf({
  model,
  accuracy,
}: Pick<ProductForecast, "model" | "accuracy">): PredictionExplanation["rivals"] {
  if (model === null || accuracy === null) return [];
  const { mase, wape, naive } = accuracy;
  return [
    { name: model, mase, wape },
    { name: "naive", ...naive },
  ];
}
