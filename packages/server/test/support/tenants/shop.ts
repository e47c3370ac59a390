import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { Amused, Command, Repositories } from "@amused/core";

/** What a request may name of a shop: of the caller's own, of another's, or what never was. */
export interface Names {
  sellerId: string;
  product: number;
  other: number;
  alert: number;
  incoming: number;
  /** The id of an API key. */
  key: number;
  sku: string;
  /** A SKU that is free in the shop. */
  freeSku: string;
  /** A word of its products' names, which stands nowhere else. */
  word: string;
  category: string;
  orderId: string;
  reference: string;
  /** Of the product. */
  etag: string;
  /** A position of its log. */
  cursor: string;
  image: Uint8Array<ArrayBuffer>;
  /** Where the image is. */
  file: string;
}

export interface Shop {
  names: Names;
  /** What stands in all that it says, and in no request: whoever reads it was told. */
  secret: string;
  apiKey: string;
}

const never = {
  ...{ product: 900_000_000_001, other: 900_000_000_002, alert: 900_000_000_003, incoming: 900_000_000_004 },
  ...{ key: 900_000_000_005, etag: '"7777.7777"', cursor: "neverwas.2", file: `${"0".repeat(64)}.png` },
};

/** Names of what never was, as long as those of a shop. */
export function neverWas(mark: string): Names {
  return { ...never, ...wordsOf(mark), sellerId: mark, image: pngOf(mark) };
}

function wordsOf(mark: string) {
  return {
    ...{ sku: `SKU-${mark}`, freeSku: `FREE-${mark}`, word: mark, category: `Category ${mark}` },
    ...{ orderId: `order-${mark}`, reference: `reference-${mark}` },
  };
}

// Ethiopic letters: in the order of their code points, without case or accents.
const letters = Array.from({ length: 0x180 }, (_, n) => String.fromCodePoint(0x1200 + n)).filter((letter) =>
  /\p{L}/u.test(letter),
);

/** A word that has nothing in common with those before it but that it is sorted behind them. */
export function markOf(nth: number): string {
  const hash = createHash("sha256").update(String(nth)).digest("hex").slice(0, 12);
  return (letters[nth] as string) + hash.replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)] as string);
}

/** What `markOf` makes. */
export const anyMark = /[\u1200-\u137f][a-p]{12}/g;

/** Fills a shop so that every list has two rows, and no two shops have a word in common. */
export async function openShop(
  amused: Amused,
  store: Repositories,
  mark: string,
  now: () => Date,
): Promise<Shop> {
  const sellerId = `seller-${mark}`;
  const secret = `secret-${mark}`;
  const shop = amused.seller(sellerId, { actor: secret });
  const words = wordsOf(mark);
  const day = (n: number) => new Date(now().getTime() + n * 86_400_000).toISOString().slice(0, 10);
  const make = (name: string, more: object) =>
    shop.products.create({ name: `${name} ${words.word}`, description: secret, price: "4.90", ...more });

  const tea = await make("Green tea", { sku: words.sku, quantity: 40, category: words.category });
  const pot = await make("Tea pot", { sku: `POT-${mark}`, quantity: 9, category: `Pots ${mark}` });
  const [cup, tin] = [await make("Cup", {}), await make("Tin", {})];
  for (const n of [1, 2])
    await shop.sales.record({
      orderId: `${words.orderId}-${n}`,
      lines: [tea, pot].map(({ id }) => ({ productId: id, quantity: 1 })),
    });
  const goods = { productId: tea.id, quantity: 6, expectedOn: day(7), reference: words.reference };
  const incoming = await shop.incoming.create(goods);
  await shop.incoming.create({ ...goods, productId: pot.id });
  const image = pngOf(mark);
  const { imageUrl } = await shop.products.setImage(tea.id, image);

  const command: Command = {
    ...{ sellerId, actor: secret, at: now(), epoch: "suite", idempotency: null },
  };
  const both = [tea.id, pot.id];
  const open = both.map((id) => alertOf(id, secret));
  const raised = await store.alerts.write(command, { open, change: [] });
  for (const [dueOn, runOutOn] of [
    [day(-1), null],
    [day(28), day(7)],
  ] as const) {
    const rows = [pot.id, cup.id].map((productId) => ({
      ...{ productId, type: "stockout" as const, data: { verdict: "safe", secret }, confidence: 0.5 },
      ...{ model: "naive", basedOn: 1, runOutOn, dueOn, expiresAt: `${day(1)}T00:00:00.000Z` },
    }));
    const saved = await store.predictions.save(command, rows);
    if (runOutOn === null)
      for (const { id } of saved.body.value) await store.predictions.score(sellerId, id, { secret }, now());
  }
  await shop.predictions.forecast(tea.id);
  await store.categories.suggest(
    command,
    [cup, tin].map(({ id, version }) => ({
      ...{ productId: id, version, model: "linear-text", basedOn: 1, apply: false },
      suggestions: [{ category: words.category, confidence: 0.5, because: [] }],
    })),
  );
  const { key } = await amused.keys.create({ sellerId, name: secret });
  const { id: keyId } = await amused.keys.create({ sellerId, name: `${secret} 2` });
  const page = await shop.events.list({ limit: 2 });
  return {
    secret,
    apiKey: key,
    names: {
      ...{
        ...words,
        sellerId,
        product: tea.id,
        other: pot.id,
        alert: raised?.body.value[0]?.id as number,
        key: keyId,
      },
      ...{ incoming: incoming.id, etag: '"2"', cursor: page.nextCursor as string, image },
      file: String(imageUrl).split("/").at(-1) as string,
    },
  };
}

function alertOf(productId: number, secret: string) {
  const evidence = {
    ...{ quantity: 3, reorderPoint: 5, orderQuantity: null, runsOutOn: null, predictionId: null },
    eventId: secret,
  };
  return { productId, kind: "low_stock" as const, evidence };
}

/** A picture of one point, of a colour that follows from the mark. */
function pngOf(mark: string): Uint8Array<ArrayBuffer> {
  const colour = crc32(mark);
  const point = [0, colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const parts = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0)),
    chunk("IDAT", deflateSync(Uint8Array.from(point))),
    chunk("IEND", new Uint8Array(0)),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(type: string, data: Uint8Array): Buffer {
  const all = Buffer.alloc(12 + data.length);
  all.writeUInt32BE(data.length, 0);
  all.write(type, 4, "latin1");
  all.set(data, 8);
  all.writeUInt32BE(crc32(all.subarray(4, 8 + data.length)), 8 + data.length);
  return all;
}
