import type { PredictionType } from "../../domain/prediction.ts";
import { addDays, dateOf, longAgo } from "../../domain/time.ts";
import type { PredictionRow } from "../../ports/predictions.ts";
import type { Deps } from "../deps.ts";
import { historyDays, type Outlook, storedHorizon } from "./outlook.ts";
import { readReceipts } from "./receipts.ts";

/** After how long a prediction that nothing happened to is made anew. */
const freshMs = 24 * 3_600_000;

/** The actor of what the system does by itself. */
export const systemActor = "amused";

/** Outlooks made in one go: what somebody waits for waits for one of these at most. */
const piece = 5;

/** Products' outlooks from one reading of the store, with the position of the log that they know. */
export async function readOutlooks(
  { repositories, now, calculator, shopProfiles }: ReadingDeps,
  sellerId: string,
  productIds: number[],
  horizon?: number,
  { background = false }: { background?: boolean } = {},
): Promise<{ basedOn: number; at: Date; outlooks: Map<number, Outlook> }> {
  const at = now();
  const today = dateOf(at);
  const from = addDays(today, -historyDays);
  const [shop, { basedOn, products }] = await Promise.all([
    shopProfiles.find(sellerId),
    repositories.demand.read(sellerId, { productIds, from, to: addDays(today, -1) }),
  ]);
  // After the demand: what is set from then on is an event that this reading does not know.
  const settings = (await repositories.settings.find(sellerId)).body.value;
  const receipts = await readReceipts(repositories, sellerId, productIds, today);
  const inputs = products.map((demand) => ({
    ...{ demand, from, today, at, settings, shop },
    receipts: receipts.get(demand.productId) ?? null,
  }));
  const pieces = Array.from({ length: Math.ceil(inputs.length / piece) }, (_, n) =>
    calculator.run(
      "outlooks",
      { of: inputs.slice(n * piece, (n + 1) * piece), horizon },
      { urgent: !background },
    ),
  );
  const made = (await Promise.all(pieces)).flat();
  const outlooks = new Map(made.map((one, n) => [products[n]?.productId as number, one]));
  return { basedOn, at, outlooks };
}

type ReadingDeps = Pick<Deps, "repositories" | "now" | "calculator" | "shopProfiles">;

/** Makes the predictions of these products anew and keeps them; says up to where they know the log. */
export async function refresh(
  deps: Deps,
  sellerId: string,
  productIds: number[],
  options?: { background?: boolean },
): Promise<number> {
  const { basedOn, at, outlooks } = await readOutlooks(deps, sellerId, productIds, undefined, options);
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
  const { position, body } = await deps.repositories.predictions.save(command, rows);
  deps.predictionCounters.made += body.value.length;
  if (position !== null) deps.announce(sellerId, position);
  // An import or a setting that was written meanwhile let those before these expire, but it is not in these either.
  const ofAll = { after: basedOn, limit: 1, types: ["import.*", "settings.updated"], productId: null };
  if (((await deps.repositories.events.read(sellerId, ofAll))?.events.length ?? 0) > 0)
    await deps.repositories.predictions.expire(sellerId, longAgo);
  return basedOn;
}
