import { invalidRequest } from "../../errors.ts";
import { avif } from "./avif.ts";
import { gif } from "./gif.ts";
import { jpeg } from "./jpeg.ts";
import { png } from "./png.ts";
import { BrokenImage, type ReadImage } from "./read.ts";
import { webp } from "./webp.ts";

interface Format {
  name: string;
  extension: "png" | "jpg" | "webp" | "avif" | "gif";
  type: string;
  /** What it begins with, whatever its name or header claim. */
  magic: (start: string) => boolean;
  read: ReadImage;
}

const formats: readonly Format[] = [
  { name: "png", extension: "png", type: "image/png", magic: starts("\x89PNG\r\n\x1a\n"), read: png },
  { name: "jpeg", extension: "jpg", type: "image/jpeg", magic: starts("\xff\xd8\xff"), read: jpeg },
  {
    name: "webp",
    extension: "webp",
    type: "image/webp",
    magic: (start) => start.startsWith("RIFF") && start.startsWith("WEBP", 8),
    read: webp,
  },
  {
    name: "avif",
    extension: "avif",
    type: "image/avif",
    magic: (start) => start.startsWith("ftypavif", 4),
    read: avif,
  },
  { name: "gif", extension: "gif", type: "image/gif", magic: (start) => /^GIF8[79]a/.test(start), read: gif },
];

/** The content types of the images that are taken. */
export const imageTypes: string[] = formats.map(({ type }) => type);

/** A few bytes can claim so many pixels that whoever unpacks them runs out of memory: about 200 MB at this limit. */
const mostPixels = 50_000_000;

export interface Image {
  extension: Format["extension"];
  type: string;
  bytes: Uint8Array;
}

/**
 * An image as it may be shown to everyone: the pixels as they came, and what is needed to draw them. Where and by whom it
 * was made, texts, and whatever was put in or behind it are left away. `null` when it is none of ours; `invalid_request`
 * when it is broken, or has too many pixels.
 */
export function readImage(bytes: Uint8Array): Image | null {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const format = formats.find(({ magic }) => magic(start));
  if (format === undefined) return null;
  const { extension, type } = format;
  try {
    const { width, height, parts } = format.read(bytes);
    if (width === 0 || height === 0) throw new BrokenImage("it has no pixels");
    if (width * height > mostPixels)
      throw refused(`has ${width} × ${height} pixels; at most ${mostPixels} in all are taken: scale it down`);
    return { extension, type, bytes: joined(parts) };
  } catch (error) {
    // Reading beyond the end is how a file that ends early shows.
    if (error instanceof RangeError) throw refused(`is a broken ${format.name}: it ends early`);
    if (error instanceof BrokenImage)
      throw refused(`is not a ${format.name} that is taken: ${error.message}`);
    throw error;
  }
}

function starts(magic: string): Format["magic"] {
  return (start) => start.startsWith(magic);
}

function refused(message: string) {
  return invalidRequest([{ path: "", message }]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
