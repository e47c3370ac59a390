import { describe, expect, test } from "vitest";
import { hasData, read } from "../../engines/eval/data.ts";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import { categorise } from "../src/services/categories/categorise.ts";
import { categoryModels } from "../src/services/categories/models.ts";
import { testDeps } from "./support/deps.ts";

interface Row {
  name: string;
  description?: string;
  brand?: string;
  category: string;
}

/** Numbers from 0 to 1, the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/**
 * A shop's life: some products have their categories, the others come a few at a time, and somebody puts right what was
 * suggested or given wrongly. How many suggestions there were of a confidence of 0.9 or more, and how many of them were right.
 */
async function live(
  rows: readonly Row[],
  begun: number,
): Promise<{ all: number; sure: number; right: number }> {
  const store = memoryStore();
  const amused = await createAmused({ store });
  const shop = amused.seller("acme");
  const deps = testDeps(store, () => new Date());
  const models = categoryModels(deps);
  const create = ({ name, description = "", brand }: Row, category: string | null) =>
    shop.products.create({
      ...{ name: name.slice(0, 200), description: description.slice(0, 10_000), category },
      ...(brand !== undefined && { attributes: { brand } }),
    });
  for (const row of rows.slice(0, begun)) await create(row, row.category);
  const count = { all: 0, sure: 0, right: 0 };
  for (let at = begun; at < rows.length; at += 25) {
    const truth = new Map<number, string>();
    for (const row of rows.slice(at, at + 25)) truth.set((await create(row, null)).id, row.category);
    await categorise(deps, models, "acme", [...truth.keys()]);
    for (const { product, suggestion } of (await store.categories.find("acme", [...truth.keys()])).body
      .value) {
      const category = truth.get(product.id) as string;
      const [best] = suggestion?.suggestions ?? [];
      count.all++;
      if (best !== undefined && best.confidence >= 0.9) {
        count.sure++;
        if (best.category === category) count.right++;
      }
      if (product.category !== category) await shop.categories.settle(product.id, { category });
    }
  }
  await amused.close();
  return count;
}

describe("of suggestions that are given by themselves, nine of ten at least are right", () => {
  test("in a shop of which a third of the products could stand on two shelves", async () => {
    const next = chance(3);
    const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] as string;
    const shelves = {
      Garden: ["planter", "rake", "hose", "seed tray", "trellis"],
      Kitchen: ["teapot", "mug", "whisk", "cake tin", "ladle"],
      Party: ["balloon", "garland", "paper hat", "sparkler", "confetti"],
      Office: ["stapler", "notebook", "folder", "pencil case", "ruler"],
    };
    const names = Object.keys(shelves) as (keyof typeof shelves)[];
    const rows = Array.from({ length: 700 }, (): Row => {
      const kind = `${pick(["red", "blue", "small", "large", "vintage"])} ${pick(["metal", "paper", "glass", "wooden"])}`;
      if (next() < 0.33) {
        const thing = pick(["lantern", "basket", "tray", "ribbon"]);
        const where = thing.length % 2 === 0 ? ["Garden", "Party"] : ["Kitchen", "Office"];
        return { name: `${kind} ${thing}`, category: pick(where) };
      }
      const shelf = pick(names) as keyof typeof shelves;
      return { name: `${kind} ${pick(shelves[shelf])}`, category: shelf };
    });
    const { all, sure, right } = await live(rows, 40);
    expect(all).toBe(660);
    expect(sure).toBeGreaterThan(200);
    expect(sure, "what could stand on two shelves is not given").toBeLessThan(500);
    expect(right / sure).toBeGreaterThanOrEqual(0.9);
  });

  test.skipIf(!hasData)(
    "in a grocer's catalogue, from its first twenty products on",
    { timeout: 60_000 },
    async () => {
      const next = chance(7);
      const rows = read<Row>("categorise/bigbasket-train")
        .map((row) => ({ row, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ row }) => row)
        .slice(0, 800);
      const { sure, right } = await live(rows, 20);
      expect(sure).toBeGreaterThan(150);
      expect(right / sure).toBeGreaterThanOrEqual(0.9);
    },
  );
});
