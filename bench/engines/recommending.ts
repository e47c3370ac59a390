import { createRecommender } from "@amused/engines";
import { baskets } from "./series.ts";
import { type Timing, time, whole } from "./timing.ts";

export interface Recommending {
  baskets: number;
  fitMs: number;
  boughtTogether: Timing;
  similar: Timing;
  complete: Timing;
  addBasket: Timing;
}

/** The demo shop's first 8,000 baskets. */
export function recommending(): Recommending {
  const all = baskets(9000);
  const [known, later] = [all.slice(0, 8000), all.slice(8000)];
  const ids = [...new Set(all.flat())];
  const products = ids.map((id, at) => ({
    id,
    name: `${id} ${at % 7} gift box no. ${at}`,
    price: 1 + (at % 20),
  }));
  createRecommender({ products, baskets: known });
  let recommender = createRecommender({ products });
  const fitMs = whole(() => {
    recommender = createRecommender({ products, baskets: known });
  });
  const asked = Array.from({ length: 1000 }, (_, at) => ids[at % ids.length] as string);
  return {
    baskets: known.length,
    fitMs,
    boughtTogether: time(asked, (id) => recommender.boughtTogether(id)),
    similar: time(asked, (id) => recommender.similar(id)),
    complete: time(later, (basket) => recommender.complete(basket.slice(1))),
    addBasket: time(later, (basket) => recommender.addBasket(basket)),
  };
}
