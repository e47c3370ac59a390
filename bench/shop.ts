import type { NewProduct, NewSale } from "./by-hand/shop.ts";

/** The shops that everyone is given: what their products look like, and what their customers ask for. */
export const connections = 16;
/** One for each connection, and one that all of them share. Each is a seller's. */
export const shops = Array.from({ length: connections + 1 }, (_, shop) => `seller-${shop}`);
export const sharedShop = connections;
export const productsInShop = 200;
export const pageSize = 50;

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

/** The nth sale of a shop: an order of one line, spread over the shop's products. */
export function saleNumber(shop: number, n: number): NewSale {
  return { orderId: `order-${n}`, lines: [{ productId: productIdNumber(shop, n), quantity: 1 + (n % 3) }] };
}

/**
 * Spreads numbers over the shop's products without a pattern that caches could like. Shops are filled one after the other,
 * so that the ids of the first are 1 to 200, those of the second 201 to 400.
 */
export function productIdNumber(shop: number, n: number): number {
  return shop * productsInShop + 1 + ((n * 7919) % productsInShop);
}
