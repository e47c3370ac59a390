import { atMost } from "./use.ts";

/** Texts that go to a model at once. */
export const batchSize = 100;
const longestText = 8_000;
const mostDimensions = 16_384;

/** A text as it is sent: what goes beyond 8,000 characters is left out. */
export function embeddable(text: string): string {
  return atMost(text, longestText);
}

/** The vectors of an answer as 32-bit floats; `null` unless there is one for each text, all of one length, finite and not zero. */
export function readVectors(answer: unknown, count: number): number[][] | null {
  if (!Array.isArray(answer) || answer.length !== count) return null;
  const vectors: number[][] = [];
  for (const one of answer as unknown[]) {
    if (!Array.isArray(one) || one.length === 0 || one.length > mostDimensions) return null;
    if (vectors[0] !== undefined && one.length !== vectors[0].length) return null;
    let square = 0;
    const vector = new Array<number>(one.length);
    for (const [at, value] of (one as unknown[]).entries()) {
      if (typeof value !== "number") return null;
      const rounded = Math.fround(value);
      if (!Number.isFinite(rounded)) return null;
      vector[at] = rounded;
      square += rounded * rounded;
    }
    if (!(square > 0)) return null;
    vectors.push(vector);
  }
  return vectors;
}

/** A vector as text of little length, and back. */
export function packed(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}

export function unpacked(text: unknown): number[] | null {
  if (typeof text !== "string") return null;
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  return readVectors([Array.from(new Float32Array(bytes.buffer))], 1)?.[0] ?? null;
}
