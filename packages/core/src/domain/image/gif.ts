import { ascii, BrokenImage, countSegments, part, type ReadImage, viewOf } from "./read.ts";

const extension = 0x21;
const picture = 0x2c;
const trailer = 0x3b;
/** How often an animation runs; other applications' blocks hold XMP and the like. */
const loops = new Set(["NETSCAPE2.0", "ANIMEXTS1.0"]);

/** A screen, then pictures and extensions, each in blocks of at most 255 bytes, to the trailer. */
export const gif: ReadImage = (bytes) => {
  const view = viewOf(bytes);
  const count = countSegments();
  const first = 13 + paletteSize(view.getUint8(10));
  const parts = [part(bytes, 0, first)];
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  for (let at = first; ; ) {
    count();
    const kind = view.getUint8(at);
    if (kind === trailer) {
      parts.push(part(bytes, at, at + 1));
      break;
    }
    if (kind !== extension && kind !== picture)
      throw new BrokenImage("it has a block that GIF does not know");
    const data = kind === picture ? at + 10 + paletteSize(view.getUint8(at + 9)) + 1 : at + 2;
    const end = endOfBlocks(view, data);
    if (kind === picture) {
      // Who draws it makes room for a picture that is larger than its screen.
      const reach = (at: number) => view.getUint16(at, true) + view.getUint16(at + 4, true);
      size.width = Math.max(size.width, reach(at + 1));
      size.height = Math.max(size.height, reach(at + 3));
    }
    if (kind === picture || isKept(bytes, at)) parts.push(part(bytes, at, end));
    at = end;
  }
  return { ...size, parts };
};

/** The colours behind a header, if its flags say that there are some. */
function paletteSize(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

function endOfBlocks(view: DataView, from: number): number {
  let at = from;
  for (let size = view.getUint8(at); size > 0; size = view.getUint8(at)) at += size + 1;
  return at + 1;
}

function isKept(bytes: Uint8Array, at: number): boolean {
  const label = bytes[at + 1];
  const graphicControl = 0xf9;
  const application = 0xff;
  return label === graphicControl || (label === application && loops.has(ascii(bytes, at + 3, at + 14)));
}
