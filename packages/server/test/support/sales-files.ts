import { Buffer } from "node:buffer";

/** A sale of a small shop, before it is written in somebody's format. */
export interface Sold {
  order: number;
  sku: string;
  name: string;
  units: number;
  price: number;
  /** `2024-03-31`. */
  day: string;
}

/** Each of six products sells every day, but for one that was away for two weeks. */
export const away = { sku: "10001", from: "2024-06-10", until: "2024-06-24" };

export function smallShop(days = 200, start = "2024-01-01"): Sold[] {
  const sold: Sold[] = [];
  let order = 1000;
  for (let i = 0; i < days; i++) {
    const day = new Date(Date.parse(start) + i * 86_400_000).toISOString().slice(0, 10);
    for (let product = 1; product <= 6; product++) {
      const sku = `1000${product}`;
      // Scattered, and the same on every run.
      const units = 1 + ((i * 7 + product * 5 + ((i * i) % 11)) % 6);
      if (sku === away.sku && day >= away.from && day < away.until) continue;
      sold.push({ order: order++, sku, name: `Café n° ${product}, "mild"`, units, price: 10 - product, day });
    }
  }
  return sold;
}

const quoted = (cell: string | number) => `"${String(cell).replaceAll('"', '""')}"`;
const comma = (value: number) => value.toFixed(2).replace(".", ",");

/** The same sales as different systems write them. */
export const written: Record<string, (sold: Sold[]) => Buffer> = {
  "our own": (sold) =>
    csv("sku,name,quantity,price,soldAt,orderId", sold, (s) => [
      ...[s.sku, quoted(s.name), s.units, s.price, `${s.day}T10:00:00Z`, s.order],
    ]),
  "our own, as a spreadsheet of the continent saves it": (sold) =>
    csv(
      "\uFEFForderId;SKU;name;quantity;price;soldAt",
      sold,
      (s) => [s.order, s.sku, quoted(s.name), s.units, comma(s.price), s.day.split("-").reverse().join(".")],
      ";",
    ),
  "Online Retail in Latin-1, months first": (sold) =>
    Buffer.from(
      csv("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", sold, (s) => {
        const [year = "", month, day] = s.day.split("-");
        const date = `${Number(month)}/${Number(day)}/${year.slice(2)} 8:26`;
        return [s.order, s.sku, quoted(s.name), s.units, date, s.price, 17850, "United Kingdom"];
      }).toString("utf8"),
      "latin1",
    ),
  "Online Retail II, with tabs": (sold) =>
    csv(
      "Invoice\tStockCode\tDescription\tQuantity\tInvoiceDate\tPrice\tCustomer ID\tCountry",
      sold,
      (s) => [s.order, s.sku, quoted(s.name), s.units, `${s.day} 08:26:00`, s.price, "", "France"],
      "\t",
    ),
  "Online Retail in UTF-16, days first": (sold) =>
    Buffer.from(
      `\uFEFF${csv(
        "InvoiceNo\tStockCode\tDescription\tQuantity\tInvoiceDate\tUnitPrice",
        sold,
        (s) => [s.order, s.sku, quoted(s.name), s.units, s.day.split("-").reverse().join("/"), s.price],
        "\t",
      )}`,
      "utf16le",
    ),
  "Online Retail in UTF-16 without its mark": (sold) =>
    Buffer.from(
      csv(
        "InvoiceNo|StockCode|Description|Quantity|InvoiceDate|UnitPrice",
        sold,
        (s) => [s.order, s.sku, quoted(s.name), s.units, s.day, s.price],
        "|",
      ).toString("utf8"),
      "utf16le",
    ),
  "a Shopify export": (sold) =>
    csv(
      "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at",
      sold,
      (s, before) => {
        // Two lines of a day are one order, whose second row says only its name and line.
        const isFirst = before?.day !== s.day;
        const head = isFirst ? ["a@example.com", "paid", "EUR", `${s.day} 23:30:00 +0200`] : ["", "", "", ""];
        return [`#${s.day}`, ...head, s.units, quoted(s.name), s.price, s.sku, ""];
      },
    ),
};

function csv(
  header: string,
  sold: Sold[],
  row: (one: Sold, before: Sold | undefined) => (string | number)[],
  separator = ",",
): Buffer {
  const rows = sold.map((one, i) => row(one, sold[i - 1]).join(separator));
  return Buffer.from(`${[header, ...rows].join("\r\n")}\r\n`);
}
