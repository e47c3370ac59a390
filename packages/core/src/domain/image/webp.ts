import { ascii, countSegments, part, type ReadImage, viewOf } from "./read.ts";

const kept = new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);
const exifAndXmp = 0x0c;

/** A RIFF file: chunks of type, length and data, padded to even lengths. */
export const webp: ReadImage = (bytes) => {
  const view = viewOf(bytes);
  const count = countSegments();
  const end = 8 + view.getUint32(4, true);
  const chunks: Uint8Array[] = [];
  const size = { width: 0, height: 0 };
  for (let at = 12; at < end; ) {
    count();
    const length = view.getUint32(at + 4, true);
    const type = ascii(bytes, at, at + 4);
    const data = at + 8;
    const next = data + length + (length % 2);
    // A last byte of padding is often left away.
    const chunk = part(bytes, at, Math.min(next, Math.max(bytes.length, data + length)));
    if (kept.has(type)) chunks.push(type === "VP8X" ? withoutFlags(chunk) : chunk);
    const [width, height] = sizeOf(type, view, data);
    size.width = Math.max(size.width, width);
    size.height = Math.max(size.height, height);
    at = next;
  }
  const riff = part(bytes, 0, 12).slice();
  viewOf(riff).setUint32(4, 4 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), true);
  return { ...size, parts: [riff, ...chunks] };
};

function sizeOf(type: string, view: DataView, at: number): [width: number, height: number] {
  if (type === "VP8X") return [uint24(view, at + 4) + 1, uint24(view, at + 7) + 1];
  if (type === "VP8 ") return [view.getUint16(at + 6, true) & 0x3fff, view.getUint16(at + 8, true) & 0x3fff];
  if (type !== "VP8L") return [0, 0];
  const bits = view.getUint32(at + 1, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** The header no longer says that there are EXIF and XMP. */
function withoutFlags(header: Uint8Array): Uint8Array {
  const copy = header.slice();
  copy[8] = (copy[8] ?? 0) & ~exifAndXmp;
  return copy;
}
