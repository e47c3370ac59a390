import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readImage } from "../src/domain/image/image.ts";
import { isAmusedError } from "../src/errors.ts";
import * as images from "./images.ts";

const taken = Object.entries(images).filter(([name]) => name !== "avifWithExif");
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const textOf = (image: Uint8Array) => String.fromCharCode(...image);
const read = (image: Uint8Array) => readImage(image)?.bytes ?? new Uint8Array();

describe("an image", () => {
  test("is known by what it begins with", () => {
    const { jpeg, png, webp, gif, avif } = images;
    const types = [jpeg, png, webp, gif, avif].map((image) => readImage(image)?.type);
    expect(types).toEqual(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);
  });

  test.each(["", "<svg xmlns=", "<!doctype html>", "RIFF....WAVE", "....ftypmp42", "%PDF-1.7", "GIF8"])(
    "is not %j",
    (text) => expect(readImage(bytes(text))).toBeNull(),
  );

  test.each(taken)("says nothing of where, when, by whom and with what it was made: %s", (_, image) => {
    expect(textOf(read(image))).not.toContain("Secret");
  });

  test("that can not be taken apart is refused where it says such things", () => {
    expect(textOf(images.avifWithExif)).toContain("Secret");
    expect(() => readImage(images.avifWithExif)).toThrow("it holds metadata");
  });

  test.each(taken.filter(([name]) => name !== "avif"))("loses what is put behind it: %s", (_, image) => {
    const clean = read(image);
    const longer = Uint8Array.from([...image, ...bytes("<script>alert(1)</script>PK\x03\x04")]);
    expect(read(longer)).toEqual(clean);
  });

  test("loses what is put into it", () => {
    const comment = [0xff, 0xfe, 0, 10, ...bytes("<script>")];
    const jpeg = Uint8Array.from([...images.jpeg.slice(0, 2), ...comment, ...images.jpeg.slice(2)]);
    expect(read(jpeg)).toEqual(read(images.jpeg));
    const reserved = [0xff, 0x02, 0, 10, ...bytes("<script>")];
    const odd = Uint8Array.from([...images.jpeg.slice(0, 2), ...reserved, ...images.jpeg.slice(2)]);
    expect(read(odd)).toEqual(read(images.jpeg));
    const chunk = [0, 0, 0, 8, ...bytes("zzZz<script>"), 0, 0, 0, 0];
    const png = Uint8Array.from([...images.png.slice(0, 33), ...chunk, ...images.png.slice(33)]);
    expect(read(png)).toEqual(read(images.png));
    const items = textOf(images.avif).indexOf("iinf") - 4;
    const hidden = [0, 0, 0, 8, ...bytes("xml ")];
    const within = Uint8Array.from([...images.avif.slice(0, items), ...hidden, ...images.avif.slice(items)]);
    const meta = textOf(images.avif).indexOf("meta") - 4;
    new DataView(within.buffer).setUint32(meta, new DataView(within.buffer).getUint32(meta) + hidden.length);
    expect(() => readImage(within)).toThrow("it holds metadata");
    const behind = Uint8Array.from([...images.avif, 0, 0, 0, 16, ...bytes("uuid<script>")]);
    expect(() => readImage(behind)).toThrow("more than a picture");
  });

  test("keeps how it is turned, and how often it runs", () => {
    const orientation = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6];
    expect(textOf(read(images.jpeg))).toContain(String.fromCharCode(...orientation));
    expect(textOf(read(images.animatedGif))).toContain("NETSCAPE2.0");
  });

  test.each(taken)("that was read once is read the same again: %s", (_, image) => {
    expect(read(read(image))).toEqual(read(image));
  });

  test("with more pixels than can be unpacked is refused by what it claims", () => {
    const claims = (image: Uint8Array, at: number, side: number[]) => {
      const copy = image.slice();
      copy.set(side, at);
      return () => readImage(copy);
    };
    expect(claims(images.png, 16, [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])).toThrow("30000 × 30000 pixels");
    expect(claims(images.gif, 6, [0xff, 0xff, 0xff, 0xff])).toThrow("65535 × 65535 pixels");
    expect(claims(images.webp, 24, [0xff, 0xff, 0, 0xff, 0xff, 0])).toThrow("65536 × 65536 pixels");
    const first = textOf(images.gif).indexOf(",\0\0\0\0");
    expect(claims(images.gif, first + 5, [0xff, 0xff, 0xff, 0xff])).toThrow("65535 × 65535 pixels");
    const frame = textOf(images.jpeg).indexOf("\xff\xc0");
    expect(claims(images.jpeg, frame + 5, [0xff, 0xff, 0xff, 0xff])).toThrow("65535 × 65535 pixels");
    const extent = textOf(images.avif).indexOf("ispe");
    expect(claims(images.avif, extent + 8, [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff])).toThrow("pixels");
    expect(claims(images.png, 16, [0, 0, 0, 0])).toThrow("no pixels");
  });

  test.each([
    ["gif", [...bytes("GIF89a"), 1, 0, 1, 0, 0, 0, 0], [0x21, 0xf9, 0], [0x3b]],
    ["jpeg", [0xff, 0xd8, 0xff], [0xdb, 0, 2, 0xff], [0xd9]],
    ["png", images.png.slice(0, 33), [0, 0, 0, 0, ...bytes("IDAT"), 0, 0, 0, 0], []],
    ["webp", [...bytes("RIFF"), 0, 0, 0x9f, 0, ...bytes("WEBP")], [...bytes("ICCP"), 0, 0, 0, 0], []],
  ] as const)("of nothing but parts is refused before they fill the memory: %s", (_, head, smallest, end) => {
    const image = new Uint8Array(head.length + smallest.length * 1_000_000 + end.length);
    image.set(head);
    for (let n = 0; n < 1_000_000; n++) image.set(smallest, head.length + n * smallest.length);
    image.set(end, image.length - end.length);
    expect(() => readImage(image)).toThrow("too many parts");
  });

  test("that is cut off or damaged is refused or read, and never a fault of ours", () => {
    const damaged = fc
      .record({
        image: fc.constantFrom(...Object.values(images)),
        end: fc.nat(1000),
        changes: fc.array(fc.tuple(fc.nat(900), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      })
      .map(({ image, end, changes }) => {
        const copy = image.slice(0, end);
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        return copy;
      });
    fc.assert(
      fc.property(damaged, (image) => {
        try {
          readImage(image);
        } catch (error) {
          if (!isAmusedError(error, "invalid_request")) throw error;
        }
      }),
      { seed: 1, numRuns: 5000 },
    );
    for (const image of Object.values(images))
      for (let end = 16; end < image.length - 1; end++)
        expect(() => readImage(image.slice(0, end)), `${end}`).toThrow();
  });
});
