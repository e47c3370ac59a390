/** A vector in a byte a dimension, which is enough to compare directions by: cosines are off by some thousandths. */
export interface Vector {
  bytes: Int8Array;
  length: number;
}

/** `null` where nothing is left of it. */
export function vectorOf(numbers: readonly number[]): Vector | null {
  let most = 0;
  for (const number of numbers) most = Math.max(most, Math.abs(number));
  return withLength(Int8Array.from(numbers, (number) => Math.round((number / most) * 127)));
}

export function packed({ bytes }: Vector): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

export function unpacked(text: string): Vector | null {
  return withLength(Int8Array.from(new Int8Array(Buffer.from(text, "base64"))));
}

/** 0 for vectors of different models. */
export function cosine(a: Vector, b: Vector): number {
  const [some, others] = [a.bytes, b.bytes];
  if (some.length !== others.length) return 0;
  let dot = 0;
  for (let at = 0; at < some.length; at++) dot += (some[at] as number) * (others[at] as number);
  return dot / (a.length * b.length);
}

function withLength(bytes: Int8Array): Vector | null {
  let square = 0;
  for (const byte of bytes) square += byte * byte;
  return square > 0 ? { bytes, length: Math.sqrt(square) } : null;
}
