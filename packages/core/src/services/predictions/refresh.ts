import type { PredictionType } from "../../domain/prediction.ts";
import { addDays, dateOf } from "../../domain/time.ts";
import type { PredictionRow } from "../../ports/predictions.ts";
import { type Deps, systemCommand } from "../deps.ts";
import { type DemandSoFar, historyDays, type Outlook, storedHorizon } from "./outlook.ts";
import { readReceipts } from "./receipts.ts";

/** After how long a prediction that nothing happened to is made anew. */
const freshMs = 24 * 3_600_000;

/** What products' outlooks are made of, from one reading of the store. */
export interface Reading {
  /** The position of the log that it knows. */
  basedOn: number;
  at: Date;
  inputs: DemandSoFar[];
}

/** Outlooks by product, what they know, and why there is none of some. */
export interface Outlooks extends Pick<Reading, "basedOn" | "at"> {
  outlooks: Map<number, Outlook>;
  failures: unknown[];
}

/** What the calculator knows a product's outlook by. */
export const outlookOf = (sellerId: string, productId: number) =>
  `the outlook of ${sellerId}'s product ${productId}`;

type ReadingDeps = Pick<Deps, "repositories" | "now" | "shopProfiles">;

export async function readDemand(
  { repositories, now, shopProfiles }: ReadingDeps,
  sellerId: string,
  productIds: number[],
): Promise<Reading> {
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
  return { basedOn, at, inputs };
}

/** Each by itself: what somebody waits for waits for one of these at most, and one that fails fails alone. */
export async function makeOutlooks(
  { calculator }: Pick<Deps, "calculator">,
  sellerId: string,
  { basedOn, at, inputs }: Reading,
  { horizon, background = false }: { horizon?: number | undefined; background?: boolean } = {},
): Promise<Outlooks> {
  const outlooks = new Map<number, Outlook>();
  const failures: unknown[] = [];
  const make = async (of: DemandSoFar) => {
    const { productId } = of.demand;
    const about = outlookOf(sellerId, productId);
    try {
      outlooks.set(
        productId,
        await calculator.run("outlook", { of, horizon }, { about, urgent: !background }),
      );
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(inputs.map(make));
  return { basedOn, at, outlooks, failures };
}

/** Products' outlooks as they are now. */
export async function readOutlooks(
  deps: ReadingDeps & Pick<Deps, "calculator">,
  sellerId: string,
  productIds: number[],
  options?: { horizon?: number | undefined; background?: boolean },
): Promise<Outlooks> {
  return makeOutlooks(deps, sellerId, await readDemand(deps, sellerId, productIds), options);
}

/** Makes the predictions of these products anew and keeps them; says up to where they know the log. Throws where one can not be made. */
export async function refresh(
  deps: Deps,
  sellerId: string,
  productIds: number[],
  options?: { background?: boolean },
): Promise<number> {
  const made = await readOutlooks(deps, sellerId, productIds, options);
  const basedOn = await keepOutlooks(deps, sellerId, made);
  if (made.failures.length > 0) throw made.failures[0];
  return basedOn;
}

/** Keeps them as the current predictions; says up to where they know the log. */
export async function keepOutlooks(
  deps: Deps,
  sellerId: string,
  { basedOn, at, outlooks }: Omit<Outlooks, "failures">,
): Promise<number> {
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
  const { position, body } = await deps.repositories.predictions.save(
    systemCommand(deps, sellerId, at),
    rows,
  );
  deps.predictionCounters.made += body.value.length;
  if (position !== null) deps.announce(sellerId, position);
  // An import or a setting that was written meanwhile let those before these expire, but it is not in these either.
  const ofAll = { after: basedOn, limit: 1, types: ["import.*", "settings.updated"], productId: null };
  if (((await deps.repositories.events.read(sellerId, ofAll))?.events.length ?? 0) > 0)
    await deps.repositories.predictions.expire(sellerId);
  return basedOn;
}
