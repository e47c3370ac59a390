import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64, toBase64 } from "../src/categorise/base64.ts";
import { calibrate, toConfidences } from "../src/categorise/calibrate.ts";
import { defaultTaxonomy } from "../src/default-taxonomy.ts";
import {
  type Categorizer,
  type CategoryExample,
  type CategoryItem,
  categorizerFrom,
  createCategorizer,
  EngineError,
} from "../src/index.ts";

const goods: Record<string, string[]> = {
  "Drinks > Tea": [
    "green tea bags",
    "black tea loose leaf",
    "camomile herbal tea",
    "earl grey tea",
    "mint tea",
  ],
  "Drinks > Coffee": ["ground coffee", "espresso beans", "instant coffee jar", "decaf coffee", "coffee pods"],
  Tools: ["claw hammer", "cordless drill", "screwdriver set", "hand saw", "wrench set", "pliers"],
};
const sizes = ["small", "large", "500 g", "20 pieces", "new"];
const examples: CategoryExample[] = Object.entries(goods).flatMap(([category, names]) =>
  names.flatMap((name, i) =>
    sizes.map((size) => ({ name: `${name} ${size}`, category, price: 5 + i, brand: category.slice(0, 3) })),
  ),
);

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "🍎",
    "👩‍👩‍👧‍👦 family",
    "שלום עולם",
    "تفاح أحمر",
    "緑茶 ティーバッグ",
    "\ud800",
    "__proto__",
    "a".repeat(10_000),
    "tea coffee hammer",
  ),
);
const anyItem: fc.Arbitrary<CategoryItem> = fc.record(
  {
    name: anyText,
    description: anyText,
    brand: anyText,
    price: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    attributes: fc.dictionary(anyText, fc.oneof(anyText, fc.boolean(), fc.integer())),
  },
  { requiredKeys: ["name"] },
);
const anyCategory = fc.constantFrom("Drinks > Tea", "Tools", "Fruit", "🍎", "__proto__");

const best = (categorizer: Categorizer, item: CategoryItem) => categorizer.suggest(item)[0]?.category;
const text = (categorizer: Categorizer) => JSON.stringify(categorizer);
const trained = text(createCategorizer({ examples }));
const fresh = (): Categorizer => categorizerFrom(JSON.parse(trained));

describe("suggestions", () => {
  test("follow the examples, and say by which words", () => {
    const [first] = fresh().suggest({ name: "jasmine tea" });
    expect(first).toMatchObject({ category: "Drinks > Tea" });
    expect(first!.reasons).toContainEqual({
      kind: "word",
      field: "name",
      word: "tea",
      weight: expect.any(Number),
    });
    expect(best(fresh(), { name: "Hammer, heavy" })).toBe("Tools");
  });

  test("of any text are sound: confidences from 0 to 1, falling, with a sum of 1 at most", () => {
    const categorizer = categorizerFrom(JSON.parse(trained), { taxonomy: defaultTaxonomy });
    fc.assert(
      fc.property(anyItem, fc.integer({ min: 0, max: 12 }), (item, limit) => {
        const found = categorizer.suggest(item, { limit });
        expect(found.length).toBeLessThanOrEqual(limit);
        let before = 1;
        let sum = 0;
        for (const { confidence, reasons } of found) {
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(before);
          for (const reason of reasons) if ("weight" in reason) expect(reason.weight).toBeGreaterThan(0);
          sum += before = confidence;
        }
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(new Set(found.map(({ category }) => category)).size).toBe(found.length);
      }),
      { numRuns: 200 },
    );
  });

  test("are less sure of a text of unknown words, and say so", () => {
    const [known] = fresh().suggest({ name: "green tea bags" });
    const [unknown] = fresh().suggest({ name: "zyxqu wvorpl" });
    expect(unknown!.confidence).toBeLessThan(0.6);
    expect(known!.confidence).toBeGreaterThan(unknown!.confidence);
    expect(unknown!.reasons.map(({ kind }) => kind)).toContain("unknown_text");
  });

  test("need examples or a taxonomy", () => {
    expect(createCategorizer().suggest({ name: "tea" })).toEqual([]);
    const [first] = createCategorizer({ taxonomy: defaultTaxonomy }).suggest({ name: "Dog leash, red" });
    expect(first).toMatchObject({ category: "Animals & Pet Supplies > Pet Supplies" });
    expect(first!.confidence).toBeLessThan(0.85);
    expect(first!.reasons.at(-1)).toEqual({ kind: "taxonomy", taxonomy: defaultTaxonomy.name });
  });

  test("come within bounded time from texts of any length", () => {
    const long = "tea ".repeat(100_000);
    const start = performance.now();
    fresh().suggest({ name: long, description: long, brand: long, attributes: { [long]: long } });
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("examples", () => {
  test("may come in any order", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(examples, { minLength: examples.length }),
        (shuffled) => text(createCategorizer({ examples: shuffled })) === trained,
      ),
      { numRuns: 5 },
    );
  });

  test("of any texts are learned without harm, be there one or some", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyItem, anyCategory), { maxLength: 12 }), (pairs) => {
        const categorizer = createCategorizer({
          examples: pairs.map(([item, category]) => ({ ...item, category })),
        });
        const total = categorizer.categories().reduce((sum, one) => sum + one.examples, 0);
        expect(total).toBe(pairs.length);
        expect(text(categorizerFrom(JSON.parse(text(categorizer))))).toBe(text(categorizer));
      }),
      { numRuns: 50 },
    );
  });
});

describe("learn", () => {
  test("holds at once, for known and new categories, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyItem, anyCategory), { minLength: 1, maxLength: 5 }), (pairs) => {
        const categorizer = fresh();
        for (const [item, category] of pairs) {
          categorizer.learn(item, category);
          expect(best(categorizer, item)).toBe(category);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("holds from nothing, beside a taxonomy too", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyItem, anyCategory), { minLength: 1, maxLength: 5 }), (pairs) => {
        const categorizer = createCategorizer({ taxonomy: defaultTaxonomy });
        for (const [item, category] of pairs) {
          categorizer.learn(item, category);
          expect(best(categorizer, item)).toBe(category);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("reaches near copies and leaves the others", () => {
    const categorizer = fresh();
    categorizer.learn({ name: "Hammer candy, sweet 100 g" }, "Sweets");
    expect(best(categorizer, { name: "Hammer candy, sweet 250 g" })).toBe("Sweets");
    for (const example of examples) expect(best(categorizer, example)).toBe(example.category);
  });

  test("takes the last word on one item", () => {
    const categorizer = fresh();
    categorizer.learn({ name: "Tea hammer" }, "Tools");
    categorizer.learn({ name: "Tea hammer" }, "Drinks > Tea");
    expect(best(categorizer, { name: "Tea hammer" })).toBe("Drinks > Tea");
  });
});

test("a forgotten category is not suggested, and the rest stays", () => {
  const categorizer = fresh();
  expect(categorizer.forget("Tools")).toBe(true);
  expect(categorizer.forget("Tools")).toBe(false);
  const suggested = categorizer
    .suggest({ name: "claw hammer" }, { limit: 9 })
    .map(({ category }) => category);
  expect(suggested.sort()).toEqual(["Drinks > Coffee", "Drinks > Tea"]);
  for (const example of examples)
    if (example.category !== "Tools") expect(best(categorizer, example)).toBe(example.category);
  categorizer.learn({ name: "claw hammer" }, "Tools");
  expect(best(categorizer, { name: "claw hammer" })).toBe("Tools");
  expect(text(categorizerFrom(JSON.parse(text(categorizer))))).toBe(text(categorizer));
});

test("with one example each the nearest stays the first, however little is to be trusted", () => {
  const categorizer = createCategorizer({
    examples: "tea coffee hammer drill pliers bread"
      .split(" ")
      .map((name) => ({ name, category: `c-${name}` })),
  });
  for (const name of ["tea", "coffee", "hammer", "drill", "pliers", "bread"])
    expect(best(categorizer, { name: `a ${name}` })).toBe(`c-${name}`);
});

test("what was forgotten does not turn the words of the rest round", () => {
  const of = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${name} ${i}`, category: name }));
  const categorizer = createCategorizer({
    examples: [...of("tea green", 200), ...of("cup of tea", 6), ...of("hammer", 6)],
  });
  categorizer.forget("tea green");
  // While tea was a word of nearly every example, it told little; that is no reason to speak for hammers now.
  expect(best(categorizer, { name: "tea" })).toBe("cup of tea");
});

test("JSON and back gives the same text and the same suggestions", () => {
  const categorizer = fresh();
  categorizer.learn({ name: "🍎" }, "Fruit");
  categorizer.learn({ name: "Kettle for tea", brand: "Acme" }, "Tools");
  const back = categorizerFrom(JSON.parse(text(categorizer)));
  expect(text(back)).toBe(text(categorizer));
  fc.assert(
    fc.property(anyItem, (item) => {
      expect(back.suggest(item)).toEqual(categorizer.suggest(item));
    }),
  );
});

test("what is not well formed is refused with its field", () => {
  const refused = (field: string, run: () => unknown) => {
    const error = (() => {
      try {
        run();
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: "invalid_input", field });
  };
  refused("price", () => fresh().suggest({ name: "a", price: Number.NaN }));
  refused("price", () => fresh().learn({ name: "a", price: Number.POSITIVE_INFINITY }, "b"));
  refused("name", () => fresh().suggest({} as CategoryItem));
  refused("category", () => fresh().learn({ name: "a" }, "  "));
  refused("limit", () => fresh().suggest({ name: "a" }, { limit: Number.NaN }));
  refused("examples.0.category", () => createCategorizer({ examples: [{ name: "a", category: "" }] }));
  refused("examples.0.attributes.size", () =>
    createCategorizer({ examples: [{ name: "a", category: "b", attributes: { size: Number.NaN } }] }),
  );
  const json = JSON.parse(trained);
  refused("json.format", () => categorizerFrom({ ...json, version: 2 }));
  refused("json.features", () => categorizerFrom({ ...json, features: "%" }));
  refused("json.features", () => categorizerFrom({ ...json, features: json.features.slice(0, -3) }));
  refused("json.features", () => categorizerFrom({ ...json, categories: [] }));
  refused("json.features", () => categorizerFrom({ ...json, items: 0 }));
  refused("json.coarse", () => categorizerFrom({ ...json, coarse: 1e308 }));
  refused("json.calibration.slope", () =>
    categorizerFrom({ ...json, calibration: { ...json.calibration, slope: -1 } }),
  );
  refused("json.categories.0.name", () => categorizerFrom({ ...json, categories: [null] }));
  refused("json.categories", () =>
    categorizerFrom({ ...json, categories: [...json.categories, json.categories[0]] }),
  );
});

test("base64 is that of the platform", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64").replaceAll("=", ""));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

test("calibration finds how often the first of held-back scores is right", () => {
  // Of two classes the first leads by as much in every row, and is right in 7 of 10.
  const labels = Array.from({ length: 400 }, (_, i) => (i % 10 < 7 ? 0 : 1));
  const scores = Array.from({ length: 400 }, () => Float64Array.of(0.5, -0.5));
  const row = Float64Array.of(0.5, -0.5);
  toConfidences(row, calibrate(scores, labels));
  expect(row[0]).toBeCloseTo(0.7, 1);
  expect(row[0]! + row[1]!).toBeLessThanOrEqual(1);
});
