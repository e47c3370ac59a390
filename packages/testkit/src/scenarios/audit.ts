import { describe, expect, test } from "vitest";
import { expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

export function auditScenarios(newShop: NewShop): void {
  describe("the audit", () => {
    test("lists the log newest first, by type, product, actor and day, and pages", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: "Tea", price: "4.90", quantity: 5 });
      await shop.products.create({ name: "Cup", price: "2.00" });
      await shop.stock.adjust(tea.id, { adjust: 1, reason: "found" });
      const all = await Array.fromAsync(shop.audit.list({ limit: 2 }));
      expect(all.map(({ seq, type }) => [seq, type])).toEqual([
        [3, "stock.adjusted"],
        [2, "product.created"],
        [1, "product.created"],
      ]);
      const { items } = await shop.events.list();
      expect(all.map(({ actor: _a, keyId: _k, requestId: _r, ...event }) => event).reverse()).toEqual(items);
      const seqs = async (query: Parameters<typeof shop.audit.list>[0]) =>
        (await shop.audit.list(query)).items.map(({ seq }) => seq);
      expect(await seqs({ types: ["product.*"] })).toEqual([2, 1]);
      expect(await seqs({ productId: tea.id })).toEqual([3, 1]);
      expect(await seqs({ actor: "nobody" })).toEqual([]);
      const today = (all[0]?.createdAt ?? "").slice(0, 10);
      expect(await seqs({ from: today, to: today, limit: 1 })).toEqual([3]);
      expect(await seqs({ to: "2001-01-01" })).toEqual([]);
      expect((await shop.audit.list()).asOf).toBe(all[0]?.id);
      await expectFaults(shop.audit.list({ from: "yesterday", limit: 0, types: ["Tea"] }), [
        ...["from", "limit", "types.0"],
      ]);
      await expectFaults(shop.audit.list({ from: "2020-01-02", to: "2020-01-01" }), ["from"]);
      const { nextCursor } = await shop.audit.list({ limit: 1 });
      await expectFaults(shop.audit.list({ cursor: nextCursor as string, actor: "a" }), ["cursor"]);
    });

    test("is a file, in CSV and NDJSON", async () => {
      const shop = await newShop();
      const tea = await shop.products.create({ name: 'Tea, "green"', price: "4.90" });
      await shop.products.delete(tea.id);
      const all = await Array.fromAsync(shop.audit.list());
      const lines = (await new Response(shop.audit.export({ format: "ndjson" })).text())
        .trimEnd()
        .split("\n");
      expect(lines.map((line) => JSON.parse(line))).toEqual(all);
      const csv = (await new Response(shop.audit.export()).text()).trimEnd().split("\r\n");
      expect(csv).toHaveLength(3);
      expect(csv[0]).toBe("seq,createdAt,type,productId,actor,keyId,requestId,payload");
      expect(csv[2]).toContain(`product.created,${tea.id},`);
      const cell = JSON.stringify(all[1]?.payload).replaceAll('"', '""');
      expect(csv[2]?.endsWith(`,"${cell}"`)).toBe(true);
    });
  });
}
