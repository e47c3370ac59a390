/** What an image is in size, and its bytes in the parts that are kept. Throws a `RangeError` where it ends early. */
export type ReadImage = (bytes: Uint8Array) => { width: number; height: number; parts: Uint8Array[] };

/** What is wrong with an image, in words. */
export class BrokenImage extends Error {
  override name = "BrokenImage";
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** These very bytes; `subarray` alone would give fewer at the end. */
export function part(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (to > bytes.length) throw new RangeError("beyond the end");
  return bytes.subarray(from, to);
}

export function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...part(bytes, from, to));
}
