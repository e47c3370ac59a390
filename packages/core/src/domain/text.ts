import { z } from "zod";

/**
 * Text that every store can hold: no NUL, no half of a surrogate pair (PostgreSQL takes neither), within its length in
 * UTF-16 units.
 */
export function text(min: number, max: number): z.ZodString {
  return z
    .string()
    .min(min, min === 1 ? "must not be empty" : `must have at least ${min} characters`)
    .max(max, `must have at most ${max} characters`)
    .refine(isStorable, "must not hold NUL characters or broken Unicode");
}

/** Text of which something can be seen. */
export function visibleText(max: number): z.ZodString {
  return text(1, max).refine((value) => value === "" || /\S/.test(value), "must not be blank");
}

/**
 * Refuses the name `__proto__`, which zod's records would drop in silence: no object of JavaScript can safely have it as a
 * field of its own.
 */
export function withoutProto<T extends z.ZodType>(record: T): z.ZodPreprocess<T> {
  return z.preprocess((value, context) => {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__"))
      context.addIssue({ code: "custom", path: ["__proto__"], message: "can not be a name here" });
    return value;
  }, record);
}

export function isStorable(value: string): boolean {
  return !value.includes("\0") && value.isWellFormed();
}

/**
 * The form in which text is searched and sorted: compatibility forms, accents and case are gone. Made here and not by a
 * database, whose answer would depend on its locale.
 */
export function fold(value: string): string {
  const plain = value.normalize("NFKD").replace(/\p{Diacritic}/gu, "");
  return plain.toLowerCase().normalize("NFC");
}

/** Compares by code point, as UTF-8 bytes and PostgreSQL's collation "C" do (JavaScript's own order is by UTF-16 unit). */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return surrogateLast(x) - surrogateLast(y);
  }
  return a.length - b.length;
}

/** Moves the surrogates (code points above U+FFFF) behind U+E000–U+FFFF, where their code points belong. */
function surrogateLast(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
