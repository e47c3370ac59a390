export interface ImageKind {
  extension: "png" | "jpg" | "webp" | "avif" | "gif";
  type: string;
}

/** Tells what an image is by its first bytes, whatever its name or header claim; `null` when it is none of ours. */
export function sniffImage(bytes: Uint8Array): ImageKind | null {
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (ascii(0, 8) === "\x89PNG\r\n\x1a\n") return { extension: "png", type: "image/png" };
  if (ascii(0, 3) === "\xff\xd8\xff") return { extension: "jpg", type: "image/jpeg" };
  if (ascii(0, 4) === "RIFF" && ascii(8, 12) === "WEBP") return { extension: "webp", type: "image/webp" };
  if (ascii(0, 6) === "GIF87a" || ascii(0, 6) === "GIF89a") return { extension: "gif", type: "image/gif" };
  if (ascii(4, 8) === "ftyp" && /avif|avis/.test(ascii(8, 32)))
    return { extension: "avif", type: "image/avif" };
  return null;
}

/** The content types of the images that are taken. */
export const imageTypes: string[] = ["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"];
