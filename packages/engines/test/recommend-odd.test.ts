import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecommender, EngineError, type RecommendProduct, recommenderFrom } from "../src/index.ts";
import { createCosines, type Features } from "../src/recommend/cosines.ts";

const powers = { one: 0, basket: 0.2 };

/** Milliseconds of processor and waiting that a call takes. */
function took(act: () => unknown): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(
    "",
    " ",
    ">",
    "🍎",
    "👩‍👩‍👧‍👦",
    "שלום",
    "緑茶",
    "\ud800",
    "constructor",
    "a".repeat(10_000),
    "\ufdfa".repeat(400),
  ),
);
const oddId = fc.constantFrom("__proto__", "constructor", "toString", "0", "🍎", "\ud800", " ");
const oddProduct: fc.Arbitrary<RecommendProduct> = fc.record(
  {
    id: oddId,
    name: oddText,
    description: oddText,
    brand: oddText,
    category: fc.oneof(oddText, fc.array(oddText, { maxLength: 4 })),
    price: fc.constantFrom(0, -0, 5e-324, 1, Number.MAX_VALUE),
    attributes: fc.dictionary(
      oddText,
      fc.oneof(oddText, fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    ),
  },
  { requiredKeys: ["id", "name"] },
);

test("odd ids, texts, prices and attributes are answered soundly, and survive JSON", () => {
  fc.assert(
    fc.property(
      fc.array(oddProduct, { maxLength: 8 }),
      fc.array(fc.array(oddId), { maxLength: 9 }),
      (products, baskets) => {
        const shop = createRecommender({ products, baskets });
        const again = recommenderFrom(JSON.parse(JSON.stringify(shop)));
        for (const id of ["__proto__", "constructor", "🍎"])
          for (const ask of ["boughtTogether", "similar", "related"] as const) {
            const found = shop[ask](id, { limit: 100 });
            expect(found.filter(({ score }) => !(score >= 0 && score <= 1))).toEqual([]);
            expect(again[ask](id, { limit: 100 })).toEqual(found);
          }
      },
    ),
    { numRuns: 60 },
  );
});

test("a category without a name is none", () => {
  const shop = createRecommender({
    products: ["", " > ", [], [" "]].map((category, at) => ({ id: `p${at}`, name: `${at}`, category })),
  });
  expect(shop.similar("p0")).toEqual([]);
});

test("long texts take bounded time", () => {
  const blanks = { category: `a${" ".repeat(100_000)}b` };
  const path = { category: "a > ".repeat(20_000) };
  expect(
    took(() =>
      createRecommender({ products: [blanks, path].map((one, at) => ({ ...one, id: `p${at}`, name: "x" })) }),
    ),
  ).toBeLessThan(500);
  const words = (from: number) => Array.from({ length: 5000 }, (_, at) => `abc${from + at}`).join(" ");
  const long = createRecommender({
    products: [0, 5000, 10_000, 15_000].map((from) => ({ id: `${from}`, name: words(from) })),
  });
  expect(took(() => long.similar("0"))).toBeLessThan(500);
});

test("a product that comes again as it was costs next to nothing", () => {
  const products = Array.from({ length: 20_000 }, (_, at) => ({
    id: `p${at}`,
    name: `smart phone ${at}`,
    price: 9,
  }));
  const shop = createRecommender({ products, powers });
  const again = { ...products[0]! };
  expect(
    took(() => {
      for (let at = 0; at < 10_000; at++) shop.upsertProduct(again);
    }),
  ).toBeLessThan(1000);
});

test("lengths kept up to date step by step are those of an index built at once, to the last bit", () => {
  const features: fc.Arbitrary<Features> = fc
    .dictionary(fc.constantFrom("1", "2", "3", "4", "5"), fc.double({ min: 0.1, max: 9, noNaN: true }), {
      minKeys: 1,
    })
    .map((one) => new Map(Object.entries(one).map(([key, weight]) => [Number(key), weight])));
  const step = fc.tuple(fc.nat(6), fc.option(features), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const kept = createCosines((a, b) => a - b);
      const last = new Map<number, Features>();
      const said = (index: typeof kept) =>
        [...last.keys()].sort().map((item) => {
          const found: [number, number][] = [];
          index.each(item, (other, cosine) => found.push([other, cosine]));
          return found.sort(([a], [b]) => a - b);
        });
      for (const [item, now, ask] of steps) {
        if (now) {
          kept.set(item, now);
          last.set(item, now);
        } else {
          kept.remove(item);
          last.delete(item);
        }
        if (ask) said(kept);
      }
      const atOnce = createCosines((a, b) => a - b);
      for (const [item, now] of last) atOnce.set(item, now);
      expect(said(kept)).toEqual(said(atOnce));
    }),
  );
});

test("what all products say alike weighs something still", () => {
  const shop = createRecommender({
    products: Array.from({ length: 3000 }, (_, at) => ({ id: `p${at}`, name: "blue tea cup" })),
    powers,
  });
  expect(shop.similar("p7", { limit: 2 }).map(({ score }) => score)).toEqual([1, 1]);
});

test("a sample, however small, claims no more baskets than a product was in", () => {
  const ids = Array.from({ length: 20 }, (_, at) => `p${at}`);
  const shop = createRecommender({ maxLines: 5, powers, products: ids.map((id) => ({ id, name: id })) });
  for (let at = 0; at < 2500; at++) shop.addBasket([ids[at % 20]!, ids[(at * 7) % 19]!, ids[(at * 3) % 17]!]);
  for (const id of ids)
    for (const { score, reasons } of [...shop.boughtTogether(id), ...shop.complete([id, "p0"])]) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      for (const reason of reasons)
        if (reason.kind === "bought_together") expect(reason.baskets).toBeLessThan(800);
    }
});

test("a shop of 150,000 products comes back out of its state", () => {
  const shop = createRecommender({ powers });
  for (let at = 0; at < 150_000; at++) shop.addBasket([`p${at}`]);
  const state = shop.toJSON();
  shop.addBasket(["later"]);
  expect(state.ids).toHaveLength(150_000);
  expect(recommenderFrom(state).toJSON().baskets.total).toBe(150_000);
});

test("a state that no recommender gave is refused by the field that is wrong", () => {
  const shop = createRecommender({
    products: [{ id: "a", name: "x" }],
    baskets: [
      ["a", "b"],
      ["a", "b", "c"],
    ],
  });
  const state = JSON.parse(JSON.stringify(shop));
  const baskets = (change: object) => ({ ...state, baskets: { ...state.baskets, ...change } });
  const refused = (changed: unknown) => {
    try {
      recommenderFrom(changed as never);
    } catch (error) {
      return error instanceof EngineError ? error.field : error;
    }
    return undefined;
  };
  expect(refused(state)).toBeUndefined();
  expect(refused({ ...state, version: 2 })).toBe("version");
  expect(refused({ ...state, ids: ["a", "a", "b"] })).toBe("ids");
  expect(refused({ ...state, ids: [1] })).toBe("ids.0");
  expect(refused({ ...state, products: undefined })).toBe("products");
  expect(refused({ ...state, powers: null })).toBe("powers");
  expect(refused({ ...state, baskets: undefined })).toBe("baskets");
  expect(refused(baskets({ level: 31 }))).toBe("baskets.level");
  expect(refused(baskets({ sold: [2, "x"] }))).toBe("baskets.sold.1");
  expect(refused(baskets({ mass: undefined }))).toBe("baskets.mass");
  expect(refused(baskets({ baskets: [[]] }))).toBe("baskets.baskets.0.0");
  expect(refused(baskets({ baskets: [[1, 1e308, 1, 0, 1]] }))).toBe("baskets.baskets.0.1");
  expect(refused(baskets({ baskets: [[1, 1, 1, 0, 1e9]] }))).toBe("baskets.baskets.0.4");
});
