import { ascii, BrokenImage, countSegments, part, type ReadImage, viewOf } from "./read.ts";

/** What is drawn, and how: pixels, palette, colours, transparency, animation. Texts, EXIF and times are not among them. */
const kept = new Set(
  "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split(
    " ",
  ),
);

/** Chunks of length, type, data and checksum, from the signature to `IEND`; what follows is not of the image. */
export const png: ReadImage = (bytes) => {
  const view = viewOf(bytes);
  const count = countSegments();
  const parts = [part(bytes, 0, 8)];
  if (ascii(bytes, 12, 16) !== "IHDR") throw new BrokenImage("its header is not first");
  for (let at = 8; ; ) {
    count();
    const end = at + 12 + view.getUint32(at);
    const type = ascii(bytes, at + 4, at + 8);
    if (kept.has(type)) parts.push(part(bytes, at, end));
    if (type === "IEND") break;
    at = end;
  }
  return { width: view.getUint32(16), height: view.getUint32(20), parts };
};
