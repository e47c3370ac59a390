import { ascii, BrokenImage, countSegments, part, type ReadImage, viewOf } from "./read.ts";

const endOfImage = 0xd9;
const startOfScan = 0xda;
const exif = 0xe1;

/** Segments of marker, length and data; behind the start of a scan, data up to the next marker. */
export const jpeg: ReadImage = (bytes) => {
  const view = viewOf(bytes);
  const count = countSegments();
  const parts = [part(bytes, 0, 2)];
  let size: { width: number; height: number } | null = null;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) throw new BrokenImage("it has something between its segments");
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++; // Markers may be led in by any number of these.
      continue;
    }
    count();
    if (marker === endOfImage) {
      parts.push(part(bytes, at, at + 2));
      break;
    }
    const data = at + 2 + view.getUint16(at + 2);
    const end = marker === startOfScan ? endOfScan(bytes, data) : data;
    const segment = part(bytes, at, end);
    if (isKept(segment, marker)) parts.push(segment);
    else if (marker === exif) parts.push(...orientationOf(segment));
    if (isFrame(marker)) size ??= { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at = end;
  }
  if (size === null) throw new BrokenImage("it holds no picture");
  return { ...size, parts };
};

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Tables, frames and scans; of what applications add, only what says how colours are meant. Comments go. */
function isKept(segment: Uint8Array, marker: number): boolean {
  if (marker < 0xe0) return marker >= 0xc0; // What is below means nothing to who draws it.
  if (marker === 0xe0 || marker === 0xee) return true; // JFIF's density; Adobe's colour transform.
  return marker === 0xe2 && segment.length > 16 && ascii(segment, 4, 15) === "ICC_PROFILE";
}

/** A scan ends at a marker that is neither an escaped 0xff nor one of the restarts within it. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  throw new RangeError("the scan does not end");
}

/** Of EXIF only how the picture is to be turned, without which a telephone's lies on its side. */
function orientationOf(segment: Uint8Array): Uint8Array[] {
  const orientation = readOrientation(segment);
  if (orientation === null || orientation === 1) return [];
  const header = [0xff, exif, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  return [Uint8Array.from([...header, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0])];
}

/** From 1 to 8 where EXIF's first directory has it; EXIF that can not be read says nothing. */
function readOrientation(segment: Uint8Array): number | null {
  try {
    if (ascii(segment, 4, 10) !== "Exif\0\0") return null;
    const view = viewOf(segment.subarray(10));
    const little = view.getUint16(0) === 0x4949;
    const directory = view.getUint32(4, little);
    const entries = view.getUint16(directory, little);
    for (let n = 0; n < entries; n++) {
      const entry = directory + 2 + n * 12;
      if (view.getUint16(entry, little) !== 0x0112) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : null;
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
