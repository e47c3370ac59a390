import { expect, onTestFinished, test } from "vitest";
import { createAmused } from "../src/amused.ts";
import { memoryStore } from "../src/memory/store.ts";
import type { Models } from "../src/ports/models.ts";
import type { Seller } from "../src/seller.ts";

const asked = "Zibeline coat";
const now = () => new Date("2026-06-15T12:00:00.000Z");

/** Models that say what they were sent: a vector of a text's letters, and the first category of a list. */
function models(sent: string[]): Models {
  const vector = (text: string) => [1, ...[..."zibelncoatp"].map((letter) => text.split(letter).length)];
  const embedding = {
    id: "letters",
    async embed(texts: string[]) {
      sent.push(...texts);
      return texts.map(vector);
    },
  };
  const language = {
    id: "first",
    async generate({ prompt }: { prompt: string }) {
      sent.push(prompt);
      const [category] = JSON.parse(/<categories>(.*)<\/categories>/s.exec(prompt)?.[1] ?? "[]") as string[];
      const picks = category === undefined ? [] : [{ category, confidence: 0.9 }];
      return { picks, description: `A good thing of ${prompt.length} letters.` };
    },
  };
  return { embedding, language };
}

async function fill(shop: Seller, goods: string, category: string): Promise<number> {
  const made = [];
  for (const kind of ["red", "blue", "green", "long", "short", "warm"])
    made.push(await shop.products.create({ name: `${goods} ${kind}`, category, price: "5", quantity: 50 }));
  const lines = made.slice(0, 2).map(({ id }) => ({ productId: id, quantity: 1 }));
  for (const orderId of ["o-1", "o-2", "o-3", "o-4"]) await shop.sales.record({ orderId, lines });
  return made[0]?.id as number;
}

/** Everything that is learned from a catalogue is asked for something that only another one has. */
async function answersOf(shop: Seller, productId: number): Promise<unknown[]> {
  return [
    await shop.recommendations.similar(productId),
    await shop.products.search({ text: asked }),
    await shop.categories.suggest({ name: asked }),
    await shop.recommendations.boughtTogether(productId),
    await shop.products.describe(productId),
    await shop.predictions.forecast(productId),
    await shop.categories.accuracy(),
    await shop.predictions.record(),
  ];
}

/** What a seller is answered, and what models are sent for it, alone or after others who have what it asks for. */
async function told(others: string[], withModels: boolean) {
  const sent: string[] = [];
  const amused = await createAmused({
    ...{ store: memoryStore({ now }), now, threads: 0 },
    ...(withModels && { models: models(sent) }),
  });
  onTestFinished(() => amused.close());
  const shop = amused.seller("acme");
  // Made first, so that its ids do not depend on the others.
  const productId = await fill(shop, "Pot", "Kitchen");
  for (const name of others) {
    const other = amused.seller(name);
    await answersOf(other, await fill(other, asked, "Furs"));
  }
  sent.length = 0;
  const answers = await answersOf(shop, productId);
  const withoutEpoch = JSON.stringify(answers).replace(/"[0-9a-f]{10}\.(\d+)"/g, '"epoch.$1"');
  return { answers: JSON.parse(withoutEpoch) as unknown, sent: sent.toSorted() };
}

test.each([
  ["engines of this house", false],
  ["models of others", true],
])(
  "with %s a seller is answered as if there were no other, whatever theirs have learned",
  async (_, with_) => {
    const alone = await told([], with_);
    const beside = await told(["acm", "Acme", "acme1", "acme:", "other"], with_);
    expect(beside).toEqual(alone);
    expect(JSON.stringify(beside.answers)).not.toContain("Furs");
    // What was asked for another is asked anew: that it is known already would say that somebody has it.
    expect(beside.sent.includes(asked)).toBe(with_);
    expect(beside.sent.join()).not.toContain(`${asked} red`);
  },
);
