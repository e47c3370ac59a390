import { describe, expect, test } from "vitest";
import { expectError, expectFaults } from "./expect-error.ts";
import type { NewShop } from "./new-shop.ts";

const textOf = (file: ReadableStream<Uint8Array>) => new Response(file).text();

export function fileScenarios(newShop: NewShop): void {
  describe("files", () => {
    test("import a catalogue by SKU: new rows are made, known ones edited or skipped, bad ones told", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({
        sku: "A",
        name: "Apple",
        price: "1.00",
        quantity: 5,
        category: "Fruit",
      });
      const file = [
        "sku,name,price,quantity,category,attributes.colour,attributes.size",
        "A,,1.20,8,,red,", // an edit and a count; what is empty stays
        'B,"Banana, ripe",0.5,,Fruit,"yellow ""deep""",12',
        "C,,2.00,,,,", // no name
        "D,Date,x,-1,,,", // no amount, no quantity
        "E,Elder,3.00", // short
        'B,"Banana, ripe",0.50,,Fruit,,', // nothing new
      ].join("\r\n");
      const dry = await shop.products.import(file, { dryRun: true });
      expect(dry).toMatchObject({ created: 1, failed: 3 });
      expect(await shop.products.list()).toMatchObject({ items: [{ id, price: "1.00" }] });

      const result = await shop.products.import(file);
      expect(result).toMatchObject({ created: 1, updated: 1, skipped: 1, failed: 3 });
      expect(result.errors.map(({ row, path }) => [row, path])).toEqual([
        [3, "name"],
        [4, expect.stringMatching(/price|quantity/)],
        [5, undefined],
      ]);
      const { items } = await shop.products.list();
      expect(items).toMatchObject([
        {
          sku: "A",
          name: "Apple",
          price: "1.20",
          quantity: 8,
          category: "Fruit",
          attributes: { colour: "red" },
        },
        {
          sku: "B",
          name: "Banana, ripe",
          price: "0.50",
          quantity: 0,
          attributes: { colour: 'yellow "deep"', size: 12 },
        },
      ]);
      expect((await shop.stock.movements(id, { limit: 1 })).items).toMatchObject([
        { delta: 3, quantity: 8, reason: "import" },
      ]);
      expect(
        await shop.products.import(
          items.map((item) => JSON.stringify({ sku: item.sku, quantity: item.quantity })).join("\n"),
          { format: "ndjson" },
        ),
      ).toMatchObject({
        ...{ created: 0, updated: 0, skipped: 2, failed: 0 },
      });
    });

    test("export what imports again unchanged, into the same shop and into another", async () => {
      const [shop, copy] = [await newShop(), await newShop()];
      await shop.products.create({
        sku: "1",
        name: 'A "quoted", name',
        description: "two\nlines",
        price: "0.10",
        currency: "EUR",
        quantity: 3,
      });
      await shop.products.create({
        sku: "2",
        name: "B",
        category: "Café",
        attributes: { number: 12, code: "012", text: "12", yes: true, no: "false", empty: "" },
      });
      for (const price of ["1.00", "2.00"]) await shop.products.create({ name: "same name", price });
      const bare = await shop.products.create({
        name: "no SKU",
        reorderPoint: 4,
        leadTimeDays: 7,
        ...{ serviceLevel: 0.975, packSize: 6, minimumOrder: 24 },
        quantity: 9,
      });
      await shop.sales.record({
        orderId: "o",
        lines: [
          { productId: bare.id, quantity: 2 },
          { productId: bare.id, quantity: 1 },
        ],
      });
      for (const format of ["csv", "ndjson"] as const) {
        const file = await textOf(shop.products.export({ format }));
        expect(await shop.products.import(file, { format })).toMatchObject({
          created: 0,
          updated: 0,
          skipped: 5,
          failed: 0,
        });
        await copy.products.import(file, { format });
        expect(await textOf(copy.products.export({ format }))).toBe(file);
        const sales = await textOf(shop.sales.export({ format }));
        expect(await shop.sales.import(sales, { format })).toMatchObject({
          created: 0,
          skipped: 2,
          failed: 0,
        });
      }
    });

    test("import sales as history: stock stays, and known lines are skipped", async () => {
      const shop = await newShop();
      const { id } = await shop.products.create({ sku: "A", name: "Apple", price: "1.00", quantity: 5 });
      const file =
        "sku,quantity,price,soldAt,orderId\nA,2,1.10,2025-01-01T10:00:00Z,o1\nA,1,1.10,2025-01-01T10:00:00Z,o1\nA,-1,,2025-01-02T10:00:00Z,o2\nZ,1,1,2025-01-02T10:00:00Z,o3\nA,1,1,2999-01-01T00:00:00Z,o4";
      expect(await shop.sales.import(file)).toMatchObject({
        created: 3,
        skipped: 0,
        failed: 2,
        errors: [{ row: 4 }, { row: 5, path: "soldAt" }],
      });
      expect(await shop.sales.import(file)).toMatchObject({ created: 0, skipped: 3, failed: 2 });
      expect(await shop.products.get(id)).toMatchObject({ quantity: 5 });
      expect((await shop.sales.daily(id, { from: "2025-01-01", to: "2025-01-02" })).items).toMatchObject([
        { quantity: 3, revenue: "3.30" },
        { quantity: -1, revenue: "-1.00" },
      ]);
      expect((await shop.events.list({ types: ["sale.*", "stock.*"] })).items).toEqual([]);
    });

    test("survive broken quotes, broken encodings and unknown columns", async () => {
      const shop = await newShop();
      await expectFaults(shop.products.import("sku,nmae\nA,b"), ["", "nmae"]);
      await expectFaults(shop.products.import(""), ["", "sku or name"]);
      const bytes = new TextEncoder().encode("sku,name\nA,Appel\nB,B?n\nC,Cherry");
      bytes[bytes.indexOf(63)] = 0xff;
      expect(await shop.products.import(bytes)).toMatchObject({
        created: 2,
        failed: 1,
        errors: [{ row: 2 }],
      });
      const quotes = await shop.products.import('sku,name\nD,"Date\nE,Elder\n');
      expect(quotes.created).toBe(0);
      expect(quotes.failed).toBeGreaterThan(0);
      expect(
        await shop.products.import('{"sku":"F","name":"Fig"}\n{"sku":\n[1]\n{"sku":"G","nmae":"Grape"}', {
          format: "ndjson",
        }),
      ).toMatchObject({
        created: 1,
        failed: 3,
        errors: [{ row: 2 }, { row: 3 }, { row: 4, path: "nmae" }],
      });
    });

    test("take a long file in pieces, say how far they are, and count every row", async () => {
      const shop = await newShop();
      async function* pieces() {
        yield new TextEncoder().encode("sku,name,quantity\n");
        for (let i = 0; i < 2500; i += 100)
          yield new TextEncoder().encode(
            Array.from({ length: 100 }, (_, k) => `S-${i + k},Product ${i + k},${k}\n`).join(""),
          );
      }
      expect(await shop.products.import(pieces())).toMatchObject({ created: 2500, failed: 0 });
      const said = await shop.events.list({ types: ["import.*"] });
      expect(said.items.map(({ type }) => type)).toEqual([
        "import.progressed",
        "import.progressed",
        "import.completed",
      ]);
      expect(said.items.at(-1)?.payload).toMatchObject({ kind: "products", done: 2500, failed: 0 });
      let count = 0;
      for await (const _ of shop.products.list({ limit: 200, sort: "-name" })) count++;
      expect(count).toBe(2500);
    });

    test("run once for each key", async () => {
      const shop = await newShop();
      const file = "sku,name\nA,Apple";
      const first = await shop.products.import(file, { idempotencyKey: "file-1" });
      expect(first.created).toBe(1);
      expect(await shop.products.import(file, { idempotencyKey: "file-1" })).toEqual(first);
      await expectError(
        shop.sales.import("sku,quantity,soldAt\nA,1,2025-01-01", { idempotencyKey: "file-1" }),
        "idempotency_mismatch",
      );
    });
  });
}
