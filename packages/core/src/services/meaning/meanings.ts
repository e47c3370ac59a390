import { createHash } from "node:crypto";
import type { Product } from "../../domain/product.ts";
import type { Repositories } from "../../ports/repositories.ts";
import { coalesced } from "../coalesced.ts";
import type { ModelsService } from "../models/models.ts";
import type { ModelRefusal } from "../models/tried.ts";
import { yielder } from "../yielder.ts";
import { changeChunk, chunkOf, type Entry, loadChunk, loadContents } from "./chunks.ts";
import { productText } from "./product-text.ts";
import { cosine, type Vector, vectorOf } from "./vector.ts";

/** How near a product is by what an embedding model makes of it. */
export interface Meant {
  productId: number;
  cosine: number;
  /** 0 for what is no nearer than the shop's average, 1 for the nearest. */
  nearness: number;
}

/** Vectors of products, where the host has an embedding model. */
export interface Meanings {
  /** The id of the model; `null` where there is none, and nothing is ever near. */
  readonly model: string | null;
  /** Makes the vectors of these products that are missing or of another text; says why if it could not. */
  learn(sellerId: string, products: readonly Product[]): Promise<ModelRefusal | null>;
  /** What is near a product, the nearest first; `null` where it has no vector as it is now. */
  nearProduct(sellerId: string, product: Product, limit: number): Promise<Meant[] | null>;
  /** What is near a text. Asks the model, unless there is nothing to compare with. */
  nearText(sellerId: string, text: string, limit: number): Promise<Meant[] | ModelRefusal>;
  /** Lets go of what is in memory. */
  forget(sellerId: string): void;
}

export const noMeanings: Meanings = {
  model: null,
  learn: async () => null,
  nearProduct: async () => null,
  nearText: async () => [],
  forget() {},
};

/** Bytes of vectors that are kept of one seller, and in memory of all. */
const [mostOfSeller, mostInMemory] = [32 * 2 ** 20, 128 * 2 ** 20];

interface MeaningDeps {
  repositories: Pick<Repositories, "engines" | "products">;
  models: ModelsService;
  now: () => Date;
}

export function createMeanings({ repositories, models, now }: MeaningDeps): Meanings {
  const { engines, products: catalogue } = repositories;
  const { embedding: model } = models.ids;
  if (model === null) return noMeanings;

  interface Held {
    chunks: Map<number, { version: number; entries: Map<number, Entry> }>;
    /** Brings it to what is stored. */
    renew(): Promise<void>;
  }
  /** The one used longest ago first. */
  const held = new Map<string, Held>();

  function hold(sellerId: string): Held {
    const one: Held = {
      chunks: new Map(),
      renew: coalesced(async () => {
        const { chunks } = await loadContents(engines, sellerId, model as string);
        for (const [chunk, version] of chunks) {
          if (one.chunks.get(chunk)?.version === version) continue;
          const loaded = await loadChunk(engines, sellerId, model as string, chunk);
          // As it was told of; where it is newer by now, it is told of in a moment.
          one.chunks.set(chunk, { ...loaded, version });
        }
        for (const chunk of one.chunks.keys()) if (!chunks.has(chunk)) one.chunks.delete(chunk);
      }),
    };
    return one;
  }

  async function current(sellerId: string): Promise<Held["chunks"]> {
    const one = held.get(sellerId) ?? hold(sellerId);
    held.delete(sellerId);
    held.set(sellerId, one);
    await one.renew();
    let bytes = [...held.values()].reduce((sum, { chunks }) => sum + sizeOf(chunks), 0);
    for (const [oldest, { chunks }] of held) {
      if (bytes <= mostInMemory || held.size === 1) break;
      held.delete(oldest);
      bytes -= sizeOf(chunks);
    }
    return one.chunks;
  }

  return {
    model,

    async learn(sellerId, products) {
      const chunks = await current(sellerId);
      const hashed = products.map((product) => ({ product, hash: hashOf(product) }));
      const wanting = hashed.filter(
        ({ product: { id }, hash }) => chunks.get(chunkOf(id))?.entries.get(id)?.hash !== hash,
      );
      if (wanting.length === 0) return null;
      const texts = wanting.map(({ product }) => productText(product));
      const made = await models.tryEmbedding(sellerId, texts, { keep: false });
      if (!made.ok) return made;
      let bytes = sizeOf(chunks);
      const entries = wanting.flatMap(({ product: { id }, hash }, at): [number, Entry][] => {
        const vector = vectorOf(made.value[at] ?? []);
        if (vector === null) return [];
        if (!chunks.get(chunkOf(id))?.entries.has(id)) bytes += vector.bytes.length;
        return bytes <= mostOfSeller ? [[id, { hash, vector }]] : [];
      });
      for (const [chunk, some] of Map.groupBy(entries, ([id]) => chunkOf(id))) {
        const ids = [...(chunks.get(chunk)?.entries.keys() ?? [])];
        const alive = await catalogue.lookup(sellerId, { skus: [], names: [], ids });
        const there = new Set(alive.map(({ id }) => id));
        const gone = ids.filter((id) => !there.has(id));
        await changeChunk({ engines, now }, { sellerId, model, chunk }, (stored) => {
          for (const id of gone) stored.delete(id);
          for (const [id, entry] of some) stored.set(id, entry);
        });
      }
      return null;
    },

    async nearProduct(sellerId, product, limit) {
      const chunks = await current(sellerId);
      const entry = chunks.get(chunkOf(product.id))?.entries.get(product.id);
      if (entry === undefined || entry.hash !== hashOf(product)) return null;
      return nearest(chunks, entry.vector, limit, product.id);
    },

    async nearText(sellerId, text, limit) {
      const chunks = await current(sellerId);
      if (sizeOf(chunks) === 0) return [];
      const tried = await models.tryEmbedding(sellerId, [text]);
      if (!tried.ok) return tried;
      const vector = vectorOf(tried.value[0] ?? []);
      return vector === null ? [] : nearest(chunks, vector, limit, null);
    },

    forget: (sellerId) => void held.delete(sellerId),
  };
}

function hashOf(product: Product): string {
  return createHash("sha256").update(productText(product)).digest("base64url").slice(0, 22);
}

function sizeOf(chunks: ReadonlyMap<number, { entries: ReadonlyMap<number, Entry> }>): number {
  let bytes = 0;
  for (const { entries } of chunks.values())
    for (const { vector } of entries.values()) bytes += vector.bytes.length;
  return bytes;
}

/** All are compared, other work between: with 10,000 it takes some 50 ms. */
async function nearest(
  chunks: ReadonlyMap<number, { entries: ReadonlyMap<number, Entry> }>,
  vector: Vector,
  limit: number,
  without: number | null,
): Promise<Meant[]> {
  const yieldNow = yielder();
  const all: { productId: number; cosine: number }[] = [];
  for (const { entries } of [...chunks.values()]) {
    for (const [productId, entry] of entries)
      if (productId !== without) all.push({ productId, cosine: cosine(vector, entry.vector) });
    await yieldNow();
  }
  all.sort((a, b) => b.cosine - a.cosine || a.productId - b.productId);
  const mean = all.reduce((sum, one) => sum + one.cosine, 0) / Math.max(1, all.length);
  // Of one product there is no average to be nearer than.
  const span = all.length < 2 ? 1 : (all[0]?.cosine ?? 0) - mean;
  const from = all.length < 2 ? 0 : mean;
  return all.slice(0, limit).map((one) => ({
    ...one,
    nearness: span < 1e-6 ? 0 : Math.min(1, Math.max(0, (one.cosine - from) / span)),
  }));
}
