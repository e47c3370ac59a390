import type { Product } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { categoryOf, decide, suggestionRow } from "../categorizing.ts";
import { commandOf, createProduct, editOf, keyed, later } from "../commands.ts";
import { allEvents } from "../reading.ts";

export const categorySuggestions: PromiseGroup = {
  about: "the life of a suggested category",
  promises: [
    {
      title:
        "a suggestion waits, or is given with its events; where the product is not as it was read, neither",
      async keep({ store, seller }) {
        const [sellerId, other] = [seller(), seller()];
        const tea = await createProduct(store, sellerId);
        const mate = await createProduct(store, sellerId, { quantity: 3 });
        const pot = await createProduct(store, sellerId);
        const cup = await createProduct(store, sellerId, { category: "Cups" });
        const gone = await createProduct(store, sellerId);
        const theirs = await createProduct(store, other);
        await store.products.update(commandOf(sellerId), editOf(pot, { name: "Tea pot" }));
        await store.products.delete(commandOf(sellerId), gone.id, null);
        const before = (await allEvents(store, sellerId)).length;
        const rows = [cup, gone, theirs, pot].map((one) =>
          suggestionRow(one, [["Tea", 0.95]], { apply: true }),
        );
        rows.push(suggestionRow({ id: 999_999_999, version: 1 }, [["Tea", 0.9]]), suggestionRow(tea, []));
        expect(await store.categories.suggest(commandOf(sellerId), rows)).toMatchObject({ position: null });

        const written = await store.categories.suggest(commandOf(sellerId, { at: later(5) }), [
          suggestionRow(mate, [["Tea", 0.95]], { apply: true, basedOn: 4 }),
          suggestionRow(tea, [
            ["Tea", 0.625],
            ["Pots", 0.25],
          ]),
        ]);
        expect(written.position?.seq).toBe(before + 3);
        const told = (await allEvents(store, sellerId)).slice(before);
        const given = { ...mate, category: "Tea", version: 2, updatedAt: later(5).toISOString() };
        expect(told.map(({ type, productId, payload }) => [type, productId, payload])).toEqual([
          ["product.categorized", mate.id, { category: "Tea", confidence: 0.95, applied: true }],
          ["product.updated", mate.id, { product: given, changed: ["category"] }],
          ["product.categorized", tea.id, { category: "Tea", confidence: 0.625, applied: false }],
        ]);
        expect((await store.products.find(sellerId, mate.id))?.body.value).toEqual(given);
        const kept = {
          model: "linear-text",
          chosen: null,
          createdAt: later(5).toISOString(),
          settledAt: null,
        };
        const { suggestions } = suggestionRow(tea, [
          ["Tea", 0.625],
          ["Pots", 0.25],
        ]);
        const found = await store.categories.find(sellerId, [pot.id, mate.id, gone.id, tea.id, theirs.id]);
        expect(found.head?.seq).toBe(before + 3);
        expect(found.body.value.map(({ product, suggestion }) => [product.id, suggestion])).toEqual([
          [tea.id, { state: "open", suggestions, basedOn: 1, productVersion: 1, ...kept }],
          [
            mate.id,
            {
              ...{ state: "applied", suggestions: suggestionRow(mate, [["Tea", 0.95]]).suggestions },
              ...{ basedOn: 4, productVersion: 1, ...kept },
            },
          ],
          [pot.id, null],
        ]);
      },
    },
    {
      title:
        "a newer suggestion takes the place of one that waits, and of no other, told where it is another one",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const suggest = (category: string, confidence: number, changes = {}) =>
          store.categories.suggest(commandOf(sellerId), [
            suggestionRow(tea, [[category, confidence]], changes),
          ]);
        await suggest("Tea", 0.5);
        expect((await suggest("Tea", 0.75)).position, "it is the same one").toBeNull();
        expect((await suggest("Pots", 0.7)).position?.seq).toBe(3);
        expect((await suggest("Pots", 0.8, { apply: true })).position?.seq).toBe(5);
        expect((await suggest("Tea", 0.9)).position).toBeNull();
        expect(await categoryOf(store, sellerId, tea.id)).toMatchObject({
          product: { category: "Pots", version: 2 },
          suggestion: { state: "applied", suggestions: [{ category: "Pots", confidence: 0.8 }] },
        });
        await decide(store, tea.id, null, "corrected", commandOf(sellerId));
        const cleared = (await categoryOf(store, sellerId, tea.id))?.product as typeof tea;
        expect(cleared).toMatchObject({ category: null, version: 3 });
        const again = [suggestionRow(cleared, [["Pots", 0.99]], { apply: true })];
        expect((await store.categories.suggest(commandOf(sellerId), again)).position).toBeNull();
        expect((await categoryOf(store, sellerId, tea.id))?.product).toEqual(cleared);
      },
    },
    {
      title: "what is decided is kept with the product's category, told once, and the last word counts",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const pot = await createProduct(store, sellerId);
        await store.categories.suggest(commandOf(sellerId), [suggestionRow(tea, [["Tea", 0.75]])]);
        const told = async () =>
          (await allEvents(store, sellerId))
            .slice(3)
            .map(({ type, payload }) => [type, payload.changed ?? payload]);
        const said = { suggested: "Tea", confidence: 0.75, applied: false };

        const accepted = await decide(store, tea.id, "Tea", "accepted", keyed(sellerId, "accept"));
        expect(accepted).toMatchObject({ position: { seq: 5 }, replayed: false });
        expect(accepted?.revision).toMatch(/^2-/);
        expect(accepted?.body.value).toMatchObject({ id: tea.id, category: "Tea", version: 2 });
        const first = [
          ["product.updated", ["category"]],
          ["category.settled", { state: "accepted", category: "Tea", ...said }],
        ];
        expect(await told()).toEqual(first);
        const again = await decide(store, tea.id, "Tea", "accepted", keyed(sellerId, "accept"));
        expect(again).toMatchObject({ position: { seq: 5 }, replayed: true });
        expect((await decide(store, tea.id, "Tea", "accepted", commandOf(sellerId)))?.position).toBeNull();
        const late = { productId: tea.id, version: 1, category: "Pots", state: "corrected" as const };
        expect(await store.categories.settle(commandOf(sellerId), late)).toBeNull();

        await decide(store, tea.id, "Pots", "corrected", commandOf(sellerId, { at: later(9) }));
        expect(await told()).toEqual([
          ...first,
          ["product.updated", ["category"]],
          ["category.settled", { state: "corrected", category: "Pots", ...said }],
        ]);
        expect(await categoryOf(store, sellerId, tea.id)).toMatchObject({
          product: { category: "Pots", version: 3, updatedAt: later(9).toISOString() },
          suggestion: { state: "corrected", chosen: "Pots", settledAt: later(9).toISOString() },
        });

        const before = (await allEvents(store, sellerId)).length;
        await decide(store, pot.id, "Pots", "corrected", commandOf(sellerId));
        expect(
          (await categoryOf(store, sellerId, pot.id))?.suggestion,
          "there was none to decide of",
        ).toBeNull();
        await decide(store, pot.id, null, "dismissed", commandOf(sellerId));
        expect((await categoryOf(store, sellerId, pot.id))?.suggestion).toMatchObject({
          ...{ state: "dismissed", suggestions: [], chosen: null },
        });
        expect((await allEvents(store, sellerId)).slice(before).map(({ type }) => type)).toEqual([
          ...["product.updated", "product.updated"],
        ]);
        for (const id of [999_999_999, pot.id])
          expect(
            await store.categories.settle(commandOf(seller()), { ...late, productId: id }),
            "there is no such product of theirs",
          ).toBeNull();
      },
    },
    {
      title: "one category is given of many that are suggested at once, and none where somebody was first",
      async keep({ store, stores, seller, sizes }) {
        const sellerId = seller();
        const products: Product[] = [];
        for (let n = 0; n < 3; n++) products.push(await createProduct(store, sellerId));
        await Promise.all(
          Array.from({ length: sizes.writers }, (_, n) =>
            (stores[n % stores.length] ?? store).categories.suggest(
              commandOf(sellerId),
              products.map((one) => suggestionRow(one, [[`c${n}`, 0.99]], { apply: true })),
            ),
          ),
        );
        const events = await allEvents(store, sellerId);
        expect(events.filter(({ type }) => type === "product.updated")).toHaveLength(3);
        for (const { id } of products) {
          const found = await categoryOf(store, sellerId, id);
          expect(found).toMatchObject({ product: { version: 2 }, suggestion: { state: "applied" } });
          expect(found?.suggestion?.suggestions[0]?.category).toBe(found?.product.category);
        }

        const late = await createProduct(store, sellerId);
        const edit = editOf(late, { category: "mine" });
        await Promise.all([
          store.products.update(commandOf(sellerId), edit),
          ...stores.map((one) =>
            one.categories.suggest(commandOf(sellerId), [
              suggestionRow(late, [["theirs", 0.99]], { apply: true }),
            ]),
          ),
        ]);
        const { product } = (await categoryOf(store, sellerId, late.id)) as { product: typeof late };
        const updates = (await allEvents(store, sellerId)).filter(
          ({ type, productId }) => type === "product.updated" && productId === late.id,
        );
        expect([product.version, updates.length]).toEqual([2, 1]);
      },
    },
    {
      title: "all of it is undone with its transaction",
      async keep({ store, seller }) {
        const sellerId = seller();
        const tea = await createProduct(store, sellerId);
        const failed = store.transaction(async (transaction) => {
          const row = suggestionRow(tea, [["Tea", 0.99]], { apply: true });
          await transaction.categories.suggest(commandOf(sellerId), [row]);
          await decide(transaction, tea.id, "Pots", "corrected", commandOf(sellerId));
          expect((await categoryOf(transaction, sellerId, tea.id))?.product.category).toBe("Pots");
          throw new Error("undo");
        });
        await expect(failed).rejects.toThrow("undo");
        expect(await categoryOf(store, sellerId, tea.id)).toEqual({ product: tea, suggestion: null });
        expect(await allEvents(store, sellerId)).toHaveLength(1);
      },
    },
  ],
};
