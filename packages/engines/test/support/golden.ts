import { categorizerFrom, createCategorizer } from "../../src/categorise/categorizer.ts";
import { defaultTaxonomy } from "../../src/default-taxonomy.ts";
import { forecast, forecaster } from "../../src/forecast/index.ts";
import { learnShop } from "../../src/forecast/shop.ts";
import { random } from "../../src/numeric/random.ts";
import { createRecommender, recommenderFrom } from "../../src/recommend/recommender.ts";
import { replenish } from "../../src/replenish/replenish.ts";

/**
 * What every engine says of one made-up shop, to the last bit of every number (JSON keeps a double whole). It is the same on
 * every machine and in every JavaScript engine, or else the engines are not what they promise.
 */
export function golden(): Record<string, unknown> {
  const chance = random(7);
  const int = (below: number) => Math.floor(chance() * below);
  const series = Array.from({ length: 12 }, (_, product) => ({
    frequency: "daily" as const,
    start: "2025-01-06",
    category: product % 2 === 0 ? "tea" : "pots",
    values: Array.from({ length: 200 }, (_, day) =>
      day % 31 === product ? null : Math.floor(chance() * (1 + product) * (1 + (day % 7)) * chance()),
    ),
  }));
  const shop = learnShop(series, { horizon: 28 });
  const forecasts = series.map((one) => forecast(one, { horizon: 28, shop }));
  const monthly = {
    frequency: "monthly" as const,
    values: Array.from({ length: 72 }, (_, month) => 100 + month + 30 * ((month % 12) / 11) + int(9)),
    regressors: {
      price: Array.from({ length: 78 }, (_, month) => (month % 9 === 0 ? 8 : 10)),
    },
  };
  const running = forecaster(series[3]!, { horizon: 14 });
  for (const value of [3, null, 0, 12]) running.advance(value);

  const words = [
    "green",
    "tea",
    "pot",
    "red",
    "mug",
    "tin",
    "cocoa",
    "large",
    "small",
    "ivory",
    "été",
    "10x",
  ];
  const products = Array.from({ length: 60 }, (_, i) => ({
    id: `p${i}`,
    name: `${words[int(12)]} ${words[int(12)]} ${i % 5}`,
    category: `c${i % 4}`,
    price: 1 + int(2000) / 100,
  }));
  const baskets = Array.from({ length: 300 }, () =>
    Array.from({ length: 2 + int(4) }, () => `p${Math.floor(60 * chance() * chance())}`),
  );
  const recommender = createRecommender({ products, baskets });
  const categorizer = createCategorizer({ examples: products.map((one) => ({ ...one, brand: "Ams" })) });
  categorizer.learn({ name: "Matcha whisk, bamboo" }, "c9");
  const items = [
    { name: "large green tea tin" },
    { name: "été mug 10x", description: "A mug." },
    { name: "?" },
  ];

  return {
    shop,
    forecasts,
    monthly: forecast(monthly, { horizon: 6 }),
    advanced: running.forecast(),
    replenished: forecasts.map((one) =>
      one.verdict === "ok"
        ? replenish({
            demand: one.demand,
            stock: 60,
            leadTime: { mean: 7, deviation: 2 },
            packSize: 6,
            price: 3,
          })
        : null,
    ),
    together: products.slice(0, 10).map(({ id }) => recommender.boughtTogether(id)),
    similar: products.slice(0, 10).map(({ id }) => recommender.similar(id)),
    completed: recommenderFrom(recommender.toJSON()).complete(["p1", "p2"]),
    suggested: items.map((one) => categorizer.suggest(one)),
    reread: items.map((one) => categorizerFrom(categorizer.toJSON()).suggest(one)),
    general: createCategorizer({ taxonomy: defaultTaxonomy }).suggest({ name: "Ceramic teapot" }),
  };
}
