import { createAmused, memoryStore, type ProductForecast, type ProductStockout } from "@amused/core";
import { importShop, replayShop, type SimulatedShop, type SimulatedTruth } from "@amused/testkit";
import { calculate } from "../../packages/core/src/services/calculations/calculations.ts";
import type { Calculator } from "../../packages/core/src/services/calculations/calculator.ts";
import { learnShopIfDue } from "../../packages/core/src/services/predictions/learn-shop.ts";
import { testDeps } from "../../packages/core/test/support/deps.ts";

/** What was said of one product on one day, beside what is true of it. */
export interface Said {
  /** The day on which it was asked, 0 being the shop's first. */
  day: number;
  /** The date of that day. */
  date: string;
  sku: string;
  stockout: ProductStockout;
  forecast: ProductForecast;
  truth: SimulatedTruth;
}

/** Plays a shop into a system over a clock of its own, and asks for every product on each of these mornings. */
export async function askReplayed(shop: SimulatedShop, days: readonly number[]): Promise<Said[]> {
  const { amused, setClock, learn } = await system();
  try {
    const seller = amused.seller("sim");
    const played = await replayShop(shop, { seller, setClock });
    const said: Said[] = [];
    for (const day of days) {
      await played.until(day);
      await learn();
      said.push(...(await ask(shop, day, played.ids, seller)));
    }
    return said;
  } finally {
    await amused.close();
  }
}

/** The same of a shop whose past came from a file. */
export async function askImported(shop: SimulatedShop, days: readonly number[]): Promise<Said[]> {
  const said: Said[] = [];
  for (const day of days) {
    const { amused, setClock, learn } = await system();
    const seller = amused.seller("sim");
    const ids = await importShop(shop, day, { seller, setClock });
    await learn();
    said.push(...(await ask(shop, day, ids, seller)));
    await amused.close();
  }
  return said;
}

async function system() {
  let clock = new Date();
  const now = () => clock;
  const store = memoryStore({ now });
  const amused = await createAmused({ store, now, threads: 0 });
  const deps = testDeps(store, now);
  // What a thread would do in the nightly pass, at a moment that is known.
  const calculator: Calculator = {
    ...deps.calculator,
    runLong: async (name, input) => calculate(name, input) as never,
    threaded: true,
  };
  const { signal } = new AbortController();
  return {
    amused,
    setClock(at: Date) {
      clock = at;
    },
    /** Learns from all products what each may borrow. */
    learn: () => learnShopIfDue({ ...deps, calculator }, "sim", signal, async () => true),
  };
}

type Asked = ReturnType<Awaited<ReturnType<typeof system>>["amused"]["seller"]>;

async function ask(
  { products, days, truth }: SimulatedShop,
  day: number,
  ids: ReadonlyMap<string, number>,
  { predictions }: Pick<Asked, "predictions">,
): Promise<Said[]> {
  const said: Said[] = [];
  for (const { sku } of products) {
    const id = ids.get(sku) as number;
    const stockout = await predictions.stockout(id);
    const forecast = await predictions.forecast(id);
    said.push({
      ...{ day, date: days[day]?.date ?? "", sku, stockout, forecast },
      truth: truth.get(sku) as SimulatedTruth,
    });
  }
  return said;
}
