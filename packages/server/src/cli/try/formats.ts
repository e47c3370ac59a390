import { amount } from "./amount.ts";

/** A line of an order, as its file says it. A negative quantity is a return. */
export interface SaleLine {
  readonly sku: string;
  readonly name: string;
  /** The date without its time, as written. */
  readonly date: string;
  readonly quantity: number;
  readonly price: number | null;
}

/** Why a line is no sale. */
export type LeftOut = "unreadable" | "cancelled" | "not_a_product" | "no_price";

export interface Format {
  readonly id: "amused" | "online_retail" | "shopify";
  readonly name: string;
  /** The columns that it can not be without. */
  readonly needs: readonly string[];
  /** A reader of the file's rows, one after another; `null` where the columns are not its own. */
  reader(columns: Columns): ((row: readonly string[]) => SaleLine | LeftOut) | null;
}

export interface Columns {
  /** Where a column stands that has one of these names, whatever their case and spaces; -1: nowhere. */
  at(...names: string[]): number;
  readonly commaSeparates: boolean;
}

export function columnsOf(header: readonly string[], separator: string): Columns {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const places = new Map<string, number>();
  header.forEach((name, i) => {
    if (!places.has(plain(name))) places.set(plain(name), i);
  });
  return {
    at: (...names) => names.map((name) => places.get(plain(name))).find((place) => place !== undefined) ?? -1,
    commaSeparates: separator === ",",
  };
}

const amused: Format = {
  id: "amused",
  name: "a sales file of Amused",
  needs: ["sku", "quantity", "soldAt"],
  reader({ at, commaSeparates }) {
    const [sku, quantity, soldAt] = [at("sku", "productId"), at("quantity"), at("soldAt")];
    if (sku < 0 || quantity < 0 || soldAt < 0) return null;
    const [name, price] = [at("name"), at("price")];
    return (row) => line(row[sku], row[name], row[soldAt], row[quantity], row[price], commaSeparates);
  },
};

/** Also in its second edition, which calls some columns otherwise. */
const onlineRetail: Format = {
  id: "online_retail",
  name: "an Online Retail export",
  needs: ["StockCode", "Quantity", "InvoiceDate"],
  reader({ at, commaSeparates }) {
    const [code, quantity, date] = [at("StockCode"), at("Quantity"), at("InvoiceDate")];
    if (code < 0 || quantity < 0 || date < 0) return null;
    const [invoice, name, price] = [at("InvoiceNo", "Invoice"), at("Description"), at("UnitPrice", "Price")];
    return (row) => {
      const sku = (row[code] ?? "").trim().toUpperCase();
      const read = line(sku, row[name], row[date], row[quantity], row[price], commaSeparates);
      if (typeof read === "string") return read;
      // Postage, fees, samples and corrections have codes of letters.
      if (!/^\d{5}/.test(sku)) return "not_a_product";
      // Goods that were broken, lost or found.
      if (read.price === 0) return "no_price";
      const isCancellation = /^c/i.test((row[invoice] ?? "").trim());
      return isCancellation ? { ...read, quantity: -Math.abs(read.quantity) } : read;
    };
  },
};

/** An order's first row says when it was and what became of it; those that follow say its name and their own line. */
const shopify: Format = {
  id: "shopify",
  name: "a Shopify orders export",
  needs: ["Name", "Created at", "Lineitem quantity", "Lineitem name or Lineitem sku"],
  reader({ at, commaSeparates }) {
    const [order, created, quantity] = [at("Name"), at("Created at"), at("Lineitem quantity")];
    const [sku, name, price] = [at("Lineitem sku"), at("Lineitem name"), at("Lineitem price")];
    const [status, cancelledAt] = [at("Financial Status"), at("Cancelled at")];
    if (order < 0 || created < 0 || quantity < 0 || (sku < 0 && name < 0)) return null;
    let current = { order: "", created: "", isCancelled: false };
    return (row) => {
      const cell = (place: number) => (row[place] ?? "").trim();
      if (cell(order) !== current.order || current.order === "")
        current = {
          order: cell(order),
          created: cell(created),
          isCancelled: cell(cancelledAt) !== "" || /^(voided|expired)$/i.test(cell(status)),
        };
      if (current.isCancelled) return "cancelled";
      const product = cell(sku) || cell(name);
      return line(product, row[name], current.created, row[quantity], row[price], commaSeparates);
    };
  },
};

export const formats: readonly Format[] = [shopify, onlineRetail, amused];

/** No single line sells more: what is beyond is a slip, or a telephone number. */
const mostUnits = 1e7;

function line(
  sku = "",
  name = "",
  date = "",
  quantity = "",
  price = "",
  commaSeparates: boolean,
): SaleLine | LeftOut {
  const units = amount(quantity.trim(), commaSeparates);
  if (units === null || Math.abs(units) > mostUnits || sku.trim() === "") return "unreadable";
  return {
    sku: sku.trim(),
    name: name.trim(),
    date: /^[^\sT]*/.exec(date.trim())?.[0] ?? "",
    quantity: units,
    price: amount(price.trim(), commaSeparates),
  };
}
