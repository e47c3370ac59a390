import { ascii, BrokenImage, type ReadImage, viewOf } from "./read.ts";

interface Box {
  type: string;
  from: number;
  to: number;
}

/** What a picture is made of; other boxes are of no use to it. */
const known = new Set(["ftyp", "meta", "mdat", "free", "skip"]);

/**
 * Boxes of length, type and content. Where things lie is written as places in the file, so that nothing can be taken out
 * without writing it anew: what holds more than a picture is refused.
 */
export const avif: ReadImage = (bytes) => {
  const top = boxesOf(bytes, 0, bytes.length);
  if (top.some(({ type }) => !known.has(type)))
    throw new BrokenImage("it holds more than a picture; save it without");
  const meta = top.find(({ type }) => type === "meta");
  if (meta === undefined || !top.some(({ type }) => type === "mdat"))
    throw new BrokenImage("it holds no picture");
  const inside = boxesOf(bytes, meta.from + 4, meta.to);
  const items = inside.filter(({ type }) => type === "iinf").flatMap((box) => itemsOf(bytes, box));
  if (
    items.some((type) => type === "Exif" || type === "mime" || type === "uri ") ||
    inside.some(({ type }) => type === "xml " || type === "bxml" || type === "uuid")
  )
    throw new BrokenImage("it holds metadata, such as where it was made; save it without");
  const sizes = inside
    .filter(({ type }) => type === "iprp")
    .flatMap(({ from, to }) => boxesOf(bytes, from, to))
    .filter(({ type }) => type === "ipco")
    .flatMap(({ from, to }) => boxesOf(bytes, from, to))
    .filter(({ type }) => type === "ispe");
  const view = viewOf(bytes);
  const largest = (at: number) => Math.max(0, ...sizes.map(({ from }) => view.getUint32(from + at)));
  return { width: largest(4), height: largest(8), parts: [bytes] };
};

/** The boxes between two places, which they fill without a rest. */
function boxesOf(bytes: Uint8Array, start: number, end: number): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = start; at < end; ) {
    const size = view.getUint32(at);
    const long = size === 1;
    const to = size === 0 ? end : at + (long ? Number(view.getBigUint64(at + 8)) : size);
    const from = at + (long ? 16 : 8);
    if (to < from || to > end) throw new RangeError("a box goes beyond its place");
    boxes.push({ type: ascii(bytes, at + 4, at + 8), from, to });
    if (boxes.length > 10_000) throw new BrokenImage("it has too many boxes");
    at = to;
  }
  return boxes;
}

/** The types of the items: pictures, their alpha planes, grids of them, or metadata. */
function itemsOf(bytes: Uint8Array, { from, to }: Box): string[] {
  const view = viewOf(bytes);
  const first = from + (view.getUint8(from) === 0 ? 6 : 8);
  return boxesOf(bytes, first, to)
    .filter(({ type }) => type === "infe")
    .map((item) => {
      const version = view.getUint8(item.from);
      const at = item.from + (version === 2 ? 8 : 10);
      return ascii(bytes, at, at + 4);
    });
}
