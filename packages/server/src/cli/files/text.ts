import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Refusal } from "../fail.ts";

type Bytes = AsyncIterable<Uint8Array>;

/** No line may be longer: a missing quote would otherwise swallow the rest of the file into one. */
export const longestLine = 1_000_000;

/**
 * The text of a file as it comes: UTF-8, or Windows' Latin-1 where it is not, or UTF-16 where the file says so or looks like it; unpacked where it
 * is gzipped. Only a piece of it is held at a time.
 */
export async function* textOf(bytes: Bytes): AsyncGenerator<string> {
  const { first, all } = await peek(bytes);
  const starts = (...magic: number[]) => magic.every((byte, i) => first[i] === byte);
  if (starts(0x1f, 0x8b)) yield* textOf(gunzip(all));
  else if (starts(0x50, 0x4b, 3, 4) || starts(0xd0, 0xcf, 0x11, 0xe0))
    throw new Refusal("This is a spreadsheet or a ZIP archive: save the sheet as CSV first.");
  else if (starts(0xff, 0xfe) || (first[1] === 0 && first[3] === 0)) yield* decoded(all, "utf-16le");
  else if (starts(0xfe, 0xff) || (first[0] === 0 && first[2] === 0)) yield* decoded(all, "utf-16be");
  else
    for await (const lines of wholeLines(all)) {
      if (lines.includes(0)) throw new Refusal("This is no text: a CSV is needed.");
      yield utf8OrLatin1(lines);
    }
}

/** The first bytes, and all of them. */
async function peek(bytes: Bytes): Promise<{ first: Uint8Array; all: Bytes }> {
  const pieces = bytes[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array();
  let ended = false;
  while (first.length < 4 && !ended) {
    const { value, done } = await pieces.next();
    ended = done === true;
    if (!ended) first = Buffer.concat([first, value as Uint8Array]);
  }
  async function* all(): Bytes {
    yield first;
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return;
      yield value;
    }
  }
  return { first, all: all() };
}

async function* gunzip(bytes: Bytes): Bytes {
  const source = Readable.from(bytes);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  try {
    yield* source.pipe(unpacked) as Bytes;
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith("Z_"))
      throw new Refusal("The file is gzipped, and can not be unpacked to its end.");
    throw error;
  }
}

async function* decoded(bytes: Bytes, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const piece of bytes) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/** The bytes cut behind line breaks, so that no character is cut in two. */
async function* wholeLines(bytes: Bytes): Bytes {
  let rest: Uint8Array[] = [];
  let held = 0;
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(0x0a) + 1;
    if (end > 0 || held > longestLine) {
      yield Buffer.concat([...rest, piece.subarray(0, end)]);
      rest = [];
      held = 0;
    }
    rest.push(piece.subarray(end));
    held += piece.length - end;
  }
  yield Buffer.concat(rest);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("windows-1252");

function utf8OrLatin1(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}
