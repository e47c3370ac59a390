/** What an image is in size, and its bytes in the parts that are kept. Throws a `RangeError` where it ends early. */
export type ReadImage = (bytes: Uint8Array) => { width: number; height: number; parts: Uint8Array[] };

/** What is wrong with an image, in words. */
export class BrokenImage extends Error {
  override name = "BrokenImage";
}

/** Pictures have hundreds of them; a file made of the smallest there are would be taken apart into millions. */
const mostSegments = 50_000;

/** To be called at each segment of a file: refuses one that has too many. */
export function countSegments(): () => void {
  let count = 0;
  return () => {
    if (++count > mostSegments) throw new BrokenImage("it has too many parts");
  };
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
