import { z } from "zod";

/** The currencies of ISO 4217 whose minor unit is not a hundredth. */
const unusualDecimals = new Map([
  ...[
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
  ].map((code) => [code, 0] as const),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code) => [code, 3] as const),
  ["CLF", 4],
  ["UYW", 4],
]);

// Intl knows the codes; its decimals are those of custom (CLDR), not of ISO 4217, hence the table above.
const codes = new Set(Intl.supportedValuesOf("currency"));

/** A currency's code, ISO 4217, in capitals. */
export const currencySchema: z.ZodString = z
  .string()
  .refine((code) => codes.has(code), "must be an ISO 4217 code such as EUR");

/** How many decimals an amount of this currency has. */
export function currencyDecimals(currency: string): number {
  return unusualDecimals.get(currency) ?? 2;
}

/** An amount as people write it: a decimal string or a JSON number, not negative, up to ten digits before the point. */
export const amountSchema: z.ZodType<string, string | number> = z
  .union([z.string(), z.number()], { error: "must be a decimal string or a number" })
  .transform(String)
  .refine((amount) => /^\d+(\.\d+)?$/.test(amount), 'must be a decimal amount such as "19.99", not negative')
  .transform((amount) => amount.replace(/^0+(?=\d)/, ""))
  .refine((amount) => !/^(\d{11}|9{10}\.99\d*[1-9])/.test(amount), "must be at most 9,999,999,999.99");

/** The amount with exactly the decimals of its currency, or `null` when it has more than the currency knows. */
export function formatAmount(amount: string, currency: string): string | null {
  const [whole = "0", fraction = ""] = amount.split(".");
  const decimals = currencyDecimals(currency);
  if (fraction.length > decimals) return null;
  return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, "0")}`;
}

/** What to tell someone whose amount is finer than the currency. */
export function tooFine(currency: string): string {
  const decimals = currencyDecimals(currency);
  return `must have at most ${decimals} decimal${decimals === 1 ? "" : "s"} in ${currency}`;
}
