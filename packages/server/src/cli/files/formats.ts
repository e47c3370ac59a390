import { importColumns } from "@amused/core";
import { amount } from "./amount.ts";
import { plainName } from "./table.ts";

/** A line of an order, as its file says it: `""` is what it does not say. A negative quantity is a return. */
export interface SaleLine {
  readonly sku: string;
  /** The server's own number of a product that has no SKU. */
  readonly productId: string;
  readonly name: string;
  readonly order: string;
  /** The date, and the time if there is one, as written. */
  readonly soldAt: string;
  /** What is no number stays as it is written. */
  readonly quantity: number | string;
  readonly price: number | string;
}

/** Why a line is no sale. */
export type LeftOut = "unreadable" | "cancelled" | "not_a_product" | "no_price";

export interface Format {
  readonly id: "amused" | "online_retail" | "shopify";
  readonly name: string;
  /** The columns that it can not be without. */
  readonly needs: readonly string[];
  /** All that it may have besides; `null` where whatever else it has is nothing to us. */
  readonly others: readonly string[] | null;
  /** A reader of the file's rows, one after another; `null` where the columns are not its own. */
  reader(columns: Columns): ((row: readonly string[]) => SaleLine | LeftOut) | null;
}

export interface Columns {
  /** Where a column stands that has one of these names, whatever their case and spaces; -1: nowhere. */
  at(...names: string[]): number;
  readonly commaSeparates: boolean;
}

export function columnsOf(header: readonly string[], separator: string): Columns {
  const places = new Map<string, number>();
  header.forEach((name, i) => {
    if (!places.has(plainName(name))) places.set(plainName(name), i);
  });
  return {
    at: (...names) =>
      names.map((name) => places.get(plainName(name))).find((place) => place !== undefined) ?? -1,
    commaSeparates: separator === ",",
  };
}

const amused: Format = {
  id: "amused",
  name: "a sales file of Amused",
  needs: importColumns.sales.needed.map((names) => names.join(" or ")),
  others: [...importColumns.sales.others, "name"],
  reader({ at, commaSeparates }) {
    const [sku, id, quantity, date] = [at("sku"), at("productId"), at("quantity"), at("soldAt")];
    if ((sku < 0 && id < 0) || quantity < 0 || date < 0) return null;
    const [order, name, price] = [at("orderId"), at("name"), at("price")];
    return (row) => ({
      ...line(row[sku], row[name], row[order], row[date], row[quantity], row[price], commaSeparates),
      productId: (row[id] ?? "").trim(),
    });
  },
};

/** Also in its second edition, which calls some columns otherwise. */
const onlineRetail: Format = {
  id: "online_retail",
  name: "an Online Retail export",
  needs: ["StockCode", "Quantity", "InvoiceDate"],
  others: null,
  reader({ at, commaSeparates }) {
    const [code, quantity, date] = [at("StockCode"), at("Quantity"), at("InvoiceDate")];
    if (code < 0 || quantity < 0 || date < 0) return null;
    const [invoice, name, price] = [at("InvoiceNo", "Invoice"), at("Description"), at("UnitPrice", "Price")];
    return (row) => {
      const sku = (row[code] ?? "").trim().toUpperCase();
      // Postage, fees, samples and corrections have codes of letters.
      if (sku !== "" && !/^\d{5}/.test(sku)) return "not_a_product";
      const read = line(sku, row[name], row[invoice], row[date], row[quantity], row[price], commaSeparates);
      // Goods that were broken, lost or found.
      if (read.price === 0) return "no_price";
      const isCancellation = /^c/i.test(read.order) && typeof read.quantity === "number";
      return isCancellation ? { ...read, quantity: -Math.abs(read.quantity) } : read;
    };
  },
};

/** An order's first row says when it was and what became of it; those that follow say its name and their own line. */
const shopify: Format = {
  id: "shopify",
  name: "a Shopify orders export",
  needs: ["Name", "Created at", "Lineitem quantity", "Lineitem name or Lineitem sku"],
  others: null,
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
      const { order: number, created: date } = current;
      return line(product, row[name], number, date, row[quantity], row[price], commaSeparates);
    };
  },
};

export const formats: readonly Format[] = [shopify, onlineRetail, amused];

function line(
  sku = "",
  name = "",
  order = "",
  soldAt = "",
  quantity = "",
  price = "",
  commaSeparates: boolean,
): SaleLine {
  return {
    sku: sku.trim(),
    productId: "",
    name: name.trim(),
    order: order.trim(),
    soldAt: soldAt.trim(),
    quantity: amount(quantity.trim(), commaSeparates) ?? quantity.trim(),
    price: amount(price.trim(), commaSeparates) ?? price.trim(),
  };
}
