import type { Repositories } from "../../ports/repositories.ts";
import { packed, unpacked, type Vector } from "./vector.ts";

/** A product's vector, and a hash of the text that it was made of. */
export interface Entry {
  hash: string;
  vector: Vector;
}

/** Which chunks there are of one model's vectors, each with the version that was saved. */
export interface Contents {
  model: string;
  chunks: Map<number, number>;
  version: number;
}

/** Products whose vectors are one engine state: with 1,536 dimensions it has half a megabyte. */
const perChunk = 250;
const contentsName = "meanings";
const format = 1;
const tries = 3;

export const chunkOf = (productId: number) => Math.floor(productId / perChunk);

type Engines = Repositories["engines"];

/** What is there of this model; what is there of another one is as if it were not, and is overwritten. */
export async function loadContents(engines: Engines, sellerId: string, model: string): Promise<Contents> {
  const found = await engines.load(sellerId, contentsName);
  const none = { model, chunks: new Map(), version: found?.version ?? 0 };
  const state = jsonOf(found?.state) as { format: number; model: string; chunks: [number, number][] } | null;
  if (state === null || state.format !== format || state.model !== model) return none;
  return { ...none, chunks: new Map(state.chunks) };
}

export async function loadChunk(
  engines: Engines,
  sellerId: string,
  model: string,
  chunk: number,
): Promise<{ entries: Map<number, Entry>; version: number }> {
  const found = await engines.load(sellerId, `${contentsName}-${chunk}`);
  const entries = new Map<number, Entry>();
  const state = jsonOf(found?.state) as {
    format: number;
    model: string;
    products: [number, string, string][];
  } | null;
  if (state?.format === format && state.model === model)
    for (const [id, hash, text] of state.products) {
      const vector = unpacked(text);
      if (vector !== null) entries.set(id, { hash, vector });
    }
  return { entries, version: found?.version ?? 0 };
}

/** Changes a chunk, and says so in the contents; what other nodes write meanwhile stays. `false` where that came to nothing. */
export async function changeChunk(
  { engines, now }: { engines: Engines; now: () => Date },
  { sellerId, model, chunk }: { sellerId: string; model: string; chunk: number },
  change: (entries: Map<number, Entry>) => void,
): Promise<boolean> {
  const saved = await tried(async () => {
    const { entries, version } = await loadChunk(engines, sellerId, model, chunk);
    change(entries);
    const products = [...entries].map(([id, { hash, vector }]) => [id, hash, packed(vector)]);
    const state = JSON.stringify({ format, model, products });
    return engines.save(sellerId, `${contentsName}-${chunk}`, { state, basedOn: 0, version, at: now() });
  });
  if (saved === false) return false;
  const told = await tried(async () => {
    const { chunks, version } = await loadContents(engines, sellerId, model);
    const state = JSON.stringify({ format, model, chunks: [...chunks.set(chunk, saved)] });
    return engines.save(sellerId, contentsName, { state, basedOn: 0, version, at: now() });
  });
  return told !== false;
}

/** Once more where somebody else was first. */
async function tried(save: () => Promise<number | false>): Promise<number | false> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const version = await save();
    if (version !== false) return version;
  }
  return false;
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
