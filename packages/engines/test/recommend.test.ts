import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createRecommender,
  EngineError,
  type Recommendation,
  type RecommendProduct,
  recommenderFrom,
} from "../src/index.ts";

const names = ["red tea cup", "blue tea cup", "tea pot", "green tea 250g", "bread knife", "steel knife 20cm"];
const ids = [...names.keys()].map((at) => `p${at}`);
const products: RecommendProduct[] = ids.map((id, at) => ({
  id,
  name: names[at]!,
  price: 2 + at,
  category: at < 4 ? "Kitchen > Tea" : "Kitchen > Knives",
}));
const powers = { one: 0, basket: 0.2 };

const id = fc.constantFrom(...ids, "unknown");
const basket = fc.array(id, { maxLength: 7 });
const baskets = fc.array(basket, { maxLength: 40 });
const product = fc.record(
  {
    id: fc.constantFrom(...ids, "p7", "p8"),
    name: fc
      .array(fc.constantFrom("tea", "cup", "knife", "red", "250g", "m5x30"), { minLength: 1, maxLength: 4 })
      .map((words) => words.join(" ")),
    price: fc.double({ min: 0, max: 1e6, noNaN: true }),
    category: fc.constantFrom("a", "a > b", "a > c"),
    brand: fc.constantFrom("X", "Y"),
    attributes: fc.dictionary(fc.constantFrom("colour", "size"), fc.constantFrom("1", "red")),
  },
  { requiredKeys: ["id", "name"] },
);

/** Every answer there is, to compare recommenders by. */
function answers(shop: ReturnType<typeof createRecommender>, options = {}) {
  return [
    ...ids.flatMap((one) => [
      shop.boughtTogether(one, options),
      shop.similar(one, options),
      shop.related(one, options),
    ]),
    shop.complete([], options),
    shop.complete(ids.slice(0, 2), options),
    shop.complete([...ids.slice(1), "never seen"], options),
  ];
}

const sound = (list: Recommendation[]) =>
  list.every(({ score }, at) => score >= 0 && score <= 1 && (at === 0 || score <= list[at - 1]!.score)) &&
  new Set(list.map((one) => one.id)).size === list.length;

test("the order of the baskets and of their lines changes nothing, to the last bit", () => {
  fc.assert(
    fc.property(
      baskets.chain((some) =>
        fc.tuple(
          fc.constant(some),
          fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
        ),
      ),
      ([some, shuffled]) => {
        const one = createRecommender({ products, baskets: some });
        const other = createRecommender({ products, baskets: shuffled.map((lines) => lines.toReversed()) });
        expect(answers(other)).toEqual(answers(one));
      },
    ),
    { numRuns: 50 },
  );
});

test("a copy of a product is its most similar", () => {
  fc.assert(
    fc.property(fc.array(product, { minLength: 1, maxLength: 12 }), fc.nat(), (some, which) => {
      const shop = createRecommender({ products: some });
      const original = some.findLast((one) => one.id === some[which % some.length]!.id)!;
      shop.upsertProduct({ ...original, id: "copy" });
      const list = shop.similar(original.id, { limit: 100 });
      expect(list.find((one) => one.id === "copy")?.score).toBe(list[0]?.score);
      expect(list[0]?.score).toBeCloseTo(1, 9);
    }),
    { numRuns: 60 },
  );
});

test("scores are finite, from 0 to 1 and sorted, and nothing is there twice", () => {
  fc.assert(
    fc.property(fc.array(product, { maxLength: 9 }), baskets, (some, sales) => {
      const shop = createRecommender({ products: some, baskets: sales });
      expect(answers(shop).filter((list) => !sound(list))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("what is excluded, removed, unknown to the catalogue or asked about is never shown", () => {
  fc.assert(
    fc.property(baskets, fc.subarray(ids), fc.constantFrom(...ids), (sales, excluded, removed) => {
      const shop = createRecommender({ products, baskets: sales });
      shop.removeProduct(removed);
      const shown = (lists: Recommendation[][]) => lists.flat().map((one) => one.id);
      const hidden = new Set([...excluded, removed, "unknown", "never seen"]);
      for (const exclude of [excluded, (one: string) => excluded.includes(one)])
        expect(shown(answers(shop, { exclude })).filter((one) => hidden.has(one))).toEqual([]);
      for (const one of ids)
        expect(shown([shop.boughtTogether(one), shop.similar(one), shop.related(one)])).not.toContain(one);
      const given = ids.slice(0, 3);
      expect(shown([shop.complete(given)]).filter((one) => given.includes(one))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("basket by basket, product by product and out of its state, it is the same as at once", () => {
  fc.assert(
    fc.property(baskets, fc.nat(40), fc.integer({ min: 5, max: 500 }), (sales, from, maxLines) => {
      const atOnce = createRecommender({ products, baskets: sales, maxLines });
      const stepwise = createRecommender({
        products: products.slice(3),
        baskets: sales.slice(0, from),
        maxLines,
      });
      for (const lines of sales.slice(from)) stepwise.addBasket(lines);
      for (const one of products) stepwise.upsertProduct({ ...one, name: "something else", price: 9 });
      stepwise.removeProduct("p1");
      for (const one of products) stepwise.upsertProduct(one);
      stepwise.retune();
      expect(answers(stepwise)).toEqual(answers(atOnce));
      expect(answers(recommenderFrom(JSON.parse(JSON.stringify(stepwise))))).toEqual(answers(atOnce));
    }),
    { numRuns: 50 },
  );
});

test("a product without a sale has neighbours at once, and says why", () => {
  const sales = Array.from({ length: 30 }, () => ["p0", "p4"]);
  const shop = createRecommender({ products, baskets: sales, powers });
  shop.upsertProduct({ id: "new", name: "red tea cups", category: "Kitchen > Tea", price: 2 });
  const [first] = shop.related("new");
  expect(first?.id).toBe("p0");
  expect(first?.reasons).toContainEqual({ kind: "words", with: "new", words: ["red", "tea"] });
  expect(first?.reasons).toContainEqual({ kind: "category", with: "new", category: "Kitchen > Tea" });
  expect(first?.reasons).toContainEqual({ kind: "price", with: "new", ratio: 1 });
  // Who buys what is like it buys a bread knife.
  expect(shop.boughtTogether("new").find((one) => one.id === "p4")?.reasons).toContainEqual({
    kind: "bought_together",
    with: "p0",
    baskets: 30,
    lift: 1,
  });
});

test("baskets and their lift are the reasons of what is bought together", () => {
  const sales = [["p0", "p4"], ["p0", "p4", "p5"], ["p1"], ["p2", "p3"]];
  const shop = createRecommender({ products, baskets: sales, powers });
  const [first] = shop.boughtTogether("p0");
  expect(first).toMatchObject({
    id: "p4",
  });
  expect(first?.reasons[0]).toEqual({ kind: "bought_together", with: "p0", baskets: 2, lift: 2 });
  expect(
    shop
      .complete(["p4", "p2"], { limit: 3 })
      .map((one) => one.id)
      .sort(),
  ).toEqual(["p0", "p3", "p5"]);
});

test("an empty basket is answered with what sells best, an unknown product too", () => {
  const shop = createRecommender({ products, baskets: [["p3"], ["p3"], ["p1"]], powers });
  for (const list of [shop.complete([]), shop.related("never seen")]) {
    expect(list.slice(0, 2).map((one) => one.id)).toEqual(["p3", "p1"]);
    expect(list[0]?.reasons).toEqual([{ kind: "popular", baskets: 2 }]);
  }
  expect([shop.boughtTogether("never seen"), shop.similar("never seen")]).toEqual([[], []]);
  expect(createRecommender({}).complete([])).toEqual([]);
});

test("model numbers outweigh what all have in common", () => {
  const shop = createRecommender({
    products: [
      { id: "a", name: "panasonic tx-55fz952b 55 smart 4k ultra hd oled tv" },
      { id: "b", name: "panasonic tx55fz952b oled" },
      { id: "c", name: "panasonic tx-49fx750b 49 smart 4k ultra hd led tv" },
      { id: "d", name: "samsung 55 smart 4k ultra hd oled tv" },
      ...Array.from({ length: 30 }, (_, at) => ({ id: `o${at}`, name: `smart 4k ultra hd oled tv ${at}` })),
    ],
  });
  expect(shop.similar("a")[0]?.id).toBe("b");
  expect(shop.similar("b")[0]?.id).toBe("a");
});

test("a basket of 5,000 lines does not explode, nor weigh more than small ones", () => {
  const many = Array.from({ length: 5000 }, (_, at) => ({ id: `m${at}`, name: `part ${at}` }));
  const shop = createRecommender({ products: [...products, ...many], powers });
  for (let at = 0; at < 20; at++) shop.addBasket(["p0", "p4", ...many.slice(at).map((one) => one.id)]);
  for (let at = 0; at < 20; at++) shop.addBasket(["p0", "p1"]);
  expect(shop.boughtTogether("p0")[0]?.id).toBe("p1");
  expect(shop.complete(many.map((one) => one.id))).toHaveLength(6);
  expect(JSON.stringify(shop).length).toBeLessThan(1_000_000);
});

test("of too many distinct baskets a sample stands for the rest", () => {
  const sales = Array.from({ length: 6000 }, (_, at) => ["p0", "p4", `x${at % 89}`, `y${at % 97}`]);
  const shop = createRecommender({ products, baskets: sales, powers, maxLines: 4000 });
  const reason = shop.boughtTogether("p0")[0]?.reasons[0];
  if (reason?.kind !== "bought_together") throw new Error("expected baskets as the reason");
  expect(reason.baskets / 6000).toBeGreaterThan(0.8);
  expect(reason.baskets / 6000).toBeLessThan(1.25);
});

test("the popular are held back as far as held-back baskets say", () => {
  // Everything is bought with the bag, which says nothing; pairs of a kind are bought together.
  const sales = Array.from({ length: 300 }, (_, at) => [
    `a${at % 30}`,
    `b${at % 30}`,
    ...(at % 3 ? ["bag"] : []),
  ]);
  const kinds = Array.from({ length: 30 }, (_, at) => at);
  const goods = [...kinds.map((at) => `a${at}`), ...kinds.map((at) => `b${at}`), "bag"].map((one) => ({
    id: one,
    name: one,
  }));
  const shop = createRecommender({ products: goods, baskets: sales });
  expect(shop.boughtTogether("a3")[0]?.id).toBe("b3");
  expect(shop.complete(["a3"])[0]?.id).toBe("b3");
});

test("what is no product, id, limit or state is refused by name", () => {
  const refused = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof EngineError ? error.field : error;
    }
    return undefined;
  };
  const shop = createRecommender({ products });
  expect(refused(() => shop.upsertProduct({ id: "", name: "x" }))).toBe("product.id");
  expect(refused(() => shop.upsertProduct({ id: "x", name: "x", price: Number.NaN }))).toBe("product.price");
  expect(refused(() => shop.upsertProduct({ id: "x", name: "x", price: Infinity }))).toBe("product.price");
  expect(refused(() => shop.upsertProduct({ id: "x", name: "x", attributes: { size: Number.NaN } }))).toBe(
    "product.attributes.size",
  );
  expect(refused(() => shop.addBasket(["p0", ""]))).toBe("ids.1");
  expect(refused(() => shop.similar("p0", { limit: 0 }))).toBe("limit");
  expect(refused(() => shop.complete(["p0"], { limit: Number.NaN }))).toBe("limit");
  expect(refused(() => recommenderFrom(JSON.parse("{}")))).toBe("version");
});

test("an answer that was broken off leaves nothing behind", () => {
  const shop = createRecommender({ products, baskets: [["p0", "p1", "p2"]], powers });
  const before = answers(shop);
  const broken = () => {
    throw new Error("no stock known");
  };
  expect(() => shop.similar("p0", { exclude: broken })).toThrow("no stock known");
  expect(() => shop.complete(["p0"], { exclude: broken })).toThrow("no stock known");
  expect(answers(shop)).toEqual(before);
});

test("evidence of two products is what their baskets and descriptions say, recommended or not", () => {
  const shop = createRecommender({
    products,
    baskets: [["p0", "p1"], ["p1", "p0", "p4"], ["p0", "p2"], ["p3"]],
    powers,
  });
  expect(shop.evidence("p0", "p1")).toMatchObject({ baskets: 4, first: 3, second: 2, both: 2 });
  const [like] = shop.similar("p0");
  expect(shop.evidence("p0", like!.id)).toMatchObject({ likeness: like!.score, shared: like!.reasons });
  expect(shop.evidence("p1", "p3")).toMatchObject({ first: 2, second: 1, both: 0 });
  expect(shop.evidence("p0", "never seen")).toEqual({
    ...{ baskets: 4, first: 3, second: 0, both: 0, likeness: 0, shared: [] },
  });
});

test("what is asked for as a product that is not known is answered as if it were, with itself first where it is", () => {
  fc.assert(
    fc.property(fc.array(product, { minLength: 1, maxLength: 12 }), fc.nat(), (some, which) => {
      const shop = createRecommender({ products: some });
      const original = some.findLast((one) => one.id === some[which % some.length]!.id)!;
      const before = JSON.stringify(shop);
      const asked = { ...original, id: "asked" };
      const found = shop.like(asked, { exclude: [original.id] });
      const known = shop.similar(original.id);
      const shape = (list: Recommendation[]) =>
        list.map(({ id, score }) => [id, Math.round(score * 1e9)] as const);
      expect(shape(found)).toEqual(shape(known));
      expect(shop.like(asked, { limit: 100 })[0]?.score).toBeCloseTo(1, 9);
      expect(JSON.stringify(shop)).toBe(before);
    }),
    { numRuns: 100 },
  );
});

test("words are found in names, misspelt ones too, and words that nobody has are not", () => {
  const shop = createRecommender({
    products: ["Green tea sencha", "Iron pot", "Desk lamp"].map((name) => ({ id: name, name })),
  });
  const find = (name: string) => shop.like({ id: "words", name }).map(({ id }) => id);
  expect(find("sencah")).toEqual(["Green tea sencha"]);
  expect(find("lamps")).toEqual(["Desk lamp"]);
  for (const nothing of ["", "umbrella", "🍎"]) expect(find(nothing)).toEqual([]);
  expect(shop.like({ id: "words", name: "tea" })[0]?.reasons).toEqual([
    { kind: "words", with: "words", words: ["tea"] },
  ]);
  expect(createRecommender({}).like({ id: "words", name: "tea" })).toEqual([]);
});
