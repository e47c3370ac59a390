import type { NewProduct, NewSale } from "./by-hand/shop.ts";

/** The shop that everyone is given: what its products look like, and what its customers ask for. */
export const sellerId = "bench";
export const productsInShop = 1000;
export const pageSize = 50;
export const connections = 16;

const words = [
  "Green",
  "Heart",
  "Vintage",
  "Paper",
  "Lunch",
  "Star",
  "Metal",
  "Candle",
  "Garden",
  "Cream",
  "Bag",
  "Box",
];
const word = (n: number) => words[n % words.length] as string;

/** The nth product; names and texts are as long as those of real catalogues. */
export function productNumber(n: number): NewProduct {
  return {
    sku: `SKU-${String(n).padStart(7, "0")}`,
    name: `${word(n)} ${word(n >> 2)} ${word(n >> 4)} ${n}`,
    description: `A ${word(n + 1).toLowerCase()} ${word(n + 5).toLowerCase()} for home and garden, made by hand, number ${n}.`,
    price: `${1 + (n % 60)}.${String(n % 100).padStart(2, "0")}`,
    quantity: 1_000_000,
    category: `${word(n)} goods`,
    attributes: { colour: word(n + 3).toLowerCase(), weight: n % 500, gift: n % 2 === 0 },
  };
}

/** The nth sale: an order of one line, spread over the shop's products, whose ids are 1 to 1,000. */
export function saleNumber(n: number): NewSale {
  return { orderId: `order-${n}`, lines: [{ productId: productIdNumber(n), quantity: 1 + (n % 3) }] };
}

/** Spreads numbers over the shop's products without a pattern that caches could like. */
export function productIdNumber(n: number): number {
  return 1 + ((n * 7919) % productsInShop);
}
