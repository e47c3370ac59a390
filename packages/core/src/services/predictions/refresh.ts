import type { PredictionType } from "../../domain/prediction.ts";
import { addDays, dateOf, longAgo } from "../../domain/time.ts";
import type { PredictionRow } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { historyDays, type Outlook, outlook, storedHorizon } from "./outlook.ts";
import { readReceipts } from "./receipts.ts";

/** After how long a prediction that nothing happened to is made anew. */
const freshMs = 24 * 3_600_000;

/** The actor of what the system does by itself. */
export const systemActor = "amused";

/** Products' outlooks from one reading of the store, with the position of the log that they know. */
export async function readOutlooks(
  { repositories, now }: Pick<Deps, "repositories" | "now">,
  sellerId: string,
  productIds: number[],
  horizon?: number,
): Promise<{ basedOn: number; at: Date; outlooks: Map<number, Outlook> }> {
  const at = now();
  const today = dateOf(at);
  const from = addDays(today, -historyDays);
  const { basedOn, products } = await repositories.demand.read(sellerId, {
    ...{ productIds, from, to: addDays(today, -1) },
  });
  const receipts = await readReceipts(repositories, sellerId, productIds, today);
  const outlooks = new Map<number, Outlook>();
  for (const demand of products) {
    // Some 20 milliseconds each: whoever waits for this process gets his turn between two of them.
    if (outlooks.size > 0) await new Promise((resolve) => setTimeout(resolve));
    outlooks.set(
      demand.productId,
      outlook({ demand, from, today, at, receipts: receipts.get(demand.productId) ?? null }, horizon),
    );
  }
  return { basedOn, at, outlooks };
}

/** Makes the predictions of these products anew and keeps them; says up to where they know the log. */
export async function refresh(deps: Deps, sellerId: string, productIds: number[]): Promise<number> {
  const { basedOn, at, outlooks } = await readOutlooks(deps, sellerId, productIds);
  const rows = [...outlooks].flatMap(([productId, { forecast, stockout }]) => {
    const row = (type: PredictionType, data: typeof forecast | typeof stockout): PredictionRow => ({
      ...{ productId, type, data, confidence: data.confidence, basedOn },
      model: data.model ?? "none",
      runOutOn:
        type === "forecast" ? null : stockout.verdict === "out_of_stock" ? dateOf(at) : stockout.date.p50,
      dueOn: addDays(dateOf(at), storedHorizon - 1),
      expiresAt: new Date(at.getTime() + freshMs).toISOString(),
    });
    return [row("forecast", forecast), row("stockout", stockout)];
  });
  if (rows.length === 0) return basedOn;
  const command = { sellerId, actor: systemActor, at, epoch: deps.epoch(), idempotency: null };
  const { position } = await deps.repositories.predictions.save(command, rows);
  if (position !== null) deps.announce(sellerId, position);
  // An import that was written meanwhile let those before these expire, but it is not in these either.
  const imports = { after: basedOn, limit: 1, types: ["import.*"], productId: null };
  if (((await deps.repositories.events.read(sellerId, imports))?.events.length ?? 0) > 0)
    await deps.repositories.predictions.expire(sellerId, longAgo);
  return basedOn;
}
