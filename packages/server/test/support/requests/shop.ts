import { setTimeout as pause } from "node:timers/promises";
import type { Amused } from "@amused/core";
import { image } from "./files.ts";

/** A shop that has one of everything that the document's requests can name. */
export async function fill(amused: Amused): Promise<void> {
  const shop = amused.seller("acme");
  await shop.products.create({ sku: "T-1", name: "Green tea", price: "4.90", quantity: 40 });
  await shop.products.create({
    sku: "C-1",
    name: "Coffee",
    quantity: 3,
    reorderPoint: 5,
    category: "Drinks",
  });
  await shop.products.create({ sku: "M-1", name: "Mug", attributes: { size: "L" } });
  await shop.products.setImage(2, image);
  await shop.sales.record({ orderId: "o-1", lines: [{ productId: 1, quantity: 2 }] });
  await shop.incoming.create({ productId: 1, quantity: 10, expectedOn: "2026-03-09" });
  // Alerts are made in the background, which then stands still: a refusal is seen to change nothing.
  await amused.start();
  while ((await shop.alerts.list()).items.length === 0) await pause(20);
  await amused.stop();
}
