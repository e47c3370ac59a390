/**
 * A written number: `1234.5`, `1,234.50`, `1.234,50`, `€ 4,90`, `-12`; `null` for what is none. A lone comma is a decimal one unless
 * three digits follow it, and always in files whose cells it does not separate.
 */
export function amount(text: string, commaSeparates: boolean): number | null {
  if (plain.test(text)) return Number(text);
  const bare = text.replace(/[\s'\u00A0\u202F]|\p{Sc}|^[A-Z]{3}|[A-Z]{3}$/gu, "");
  const comma = bare.lastIndexOf(",");
  const dot = bare.lastIndexOf(".");
  const isDecimalComma = comma > dot && (dot >= 0 || !commaSeparates || !/,\d{3}$/.test(bare));
  const normal = isDecimalComma ? bare.replaceAll(".", "").replace(",", ".") : bare.replaceAll(",", "");
  return plain.test(normal) ? Number(normal) : null;
}

const plain = /^-?\d{1,15}(\.\d{1,15})?$/;
