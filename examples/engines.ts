import { createCategorizer, createRecommender, forecast, learnShop, replenish } from "@amused/engines";

// Units sold a day, oldest first; null: out of stock, so that demand is not known.
const sold = [
  [3, 5, 4, 0, 6, 9, 2, 4, 4, 5, null, 7, 8, 3, 2, 6, 5, 1, 6, 10, 2, 4, 5, 5, 0, 7, 9, 3],
  [0, 1, 0, 0, 2, 1, 0, 1, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 1, 2, 0, 0, 1, 0, 0, 2, 1, 0],
];
const series = sold.map((values) => ({ values, frequency: "daily" as const, start: "2026-10-26" }));
const shop = learnShop(series, { horizon: 28 });
for (const one of series) {
  const found = forecast(one, { horizon: 28, shop });
  if (found.verdict !== "ok") continue;
  const { runsOut, order } = replenish({
    demand: found.demand,
    stock: 40,
    leadTime: { mean: 7 },
    packSize: 6,
  });
  console.log(
    `${found.total.mean.toFixed(0)} in four weeks; gone by day ${runsOut.p50 ?? "(later)"} as likely as not; order ${order.quantity}`,
  );
}

const recommender = createRecommender({
  products: [
    { id: "tea", name: "Green tea", price: 4.9 },
    { id: "pot", name: "Tea pot", price: 24 },
    { id: "mug", name: "Tea mug", price: 9 },
  ],
  baskets: [
    ["tea", "pot"],
    ["tea", "pot", "mug"],
  ],
});
console.log(recommender.boughtTogether("tea").map(({ id, reasons }) => [id, reasons[0]?.kind]));

const categorizer = createCategorizer({
  examples: [
    { name: "Green tea, 20 bags", category: "Drinks" },
    { name: "Tea pot", category: "Kitchen" },
  ],
});
categorizer.learn({ name: "Mate" }, "Drinks");
console.log(categorizer.suggest({ name: "Black tea, 50 bags" })[0]?.category);
