import fc from "fast-check";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { commandOf, createProduct, editOf, line, sell } from "../commands.ts";
import { allEvents, allProducts, allSales, canonical, ledgerOf } from "../reading.ts";

const nasty = [
  `quotes " ' \` and \\ backslashes \\" \\n \\u0041`,
  "line\nbreak\r\ttab \b\f \u0001\u001f\u007f\u0085",
  "separators \u2028 \u2029 and \ufeff a mark",
  "😀 👩‍👩‍👧‍👦 \u{10ffff} 中文 العربية é e\u0301",
  "$1 :name ?0 %s {} [] <script>&amp;</script> -- /* */ ;",
  "  spaces kept  ",
  "null",
  "123",
];

/** Text that every store can hold: no NUL, no half of a surrogate pair. */
const text = fc.string({ unit: "binary" }).filter((value) => !value.includes("\0"));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    text,
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(text, tie("json"), { maxKeys: 4 }),
  ),
}));

export const fidelity: PromiseGroup = {
  about: "what is put in comes out as it was",
  promises: [
    {
      title: "any JSON as an event's payload",
      async keep({ store, seller, sizes, seed }) {
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.dictionary(text, json, { maxKeys: 5 }), { minLength: 1, maxLength: 20 }),
            async (payloads) => {
              const sellerId = seller();
              const drafts = payloads.map((payload) => ({ type: "test.fact", productId: null, payload }));
              const written = await store.events.append(commandOf(sellerId), drafts);
              // As JSON knows it: it has no -0.
              const wanted = payloads.map((payload) => canonical(JSON.parse(JSON.stringify(payload))));
              expect((await allEvents(store, sellerId)).map(({ payload }) => canonical(payload))).toEqual(
                wanted,
              );
              expect(written.body.value.map(({ payload }) => canonical(payload))).toEqual(wanted);
            },
          ),
          { numRuns: sizes.runs, seed },
        );
      },
    },
    {
      title: "numbers at the ends of what is safe, and a payload that is large and deep",
      async keep({ store, seller }) {
        const sellerId = seller();
        const numbers = [
          0,
          1e-7,
          -1e-300,
          1e300,
          0.1 + 0.2,
          2 ** 53 - 1,
          -(2 ** 53) + 1,
          5e-324,
          1.7976931348623157e308,
          1e21,
          123456789.12345679,
        ];
        let deep: unknown = "bottom";
        for (let i = 0; i < 32; i++) deep = i % 2 ? [deep] : { deep };
        const large = Object.fromEntries(
          Array.from({ length: 500 }, (_, n) => [`name ${n} ${nasty[n % nasty.length]}`, "x".repeat(100)]),
        );
        const payloads = [
          { numbers },
          { deep },
          large,
          Object.fromEntries(nasty.map((value) => [value, value])),
          {},
        ];
        await store.events.append(
          commandOf(sellerId),
          payloads.map((payload) => ({ type: "test.fact", productId: null, payload })),
        );
        expect((await allEvents(store, sellerId)).map(({ payload }) => canonical(payload))).toEqual(
          payloads.map(canonical),
        );
      },
    },
    {
      title: "any text in a product, a reason, an order and a name, one by one, in answers, rows and events",
      async keep({ store, seller }) {
        const sellerId = seller();
        for (const value of nasty) {
          const attributes = { [value.slice(0, 100)]: value, "plain number": 0.1, yes: true };
          const described = {
            sku: value.slice(0, 100),
            name: value,
            description: value,
            category: value,
            attributes,
          };
          const product = await createProduct(store, sellerId, { ...described, quantity: 3 });
          expect(product).toMatchObject(described);
          const edited = await store.products.update(
            commandOf(sellerId, { actor: value }),
            editOf(product, { imageUrl: value }),
          );
          expect(edited?.body.value).toEqual({ ...product, imageUrl: value, version: 2 });
          const change = { productId: product.id, change: { delta: 1 }, reason: value, expected: null };
          await store.stock.change(commandOf(sellerId, { actor: value }), change);
          await sell(store, commandOf(sellerId), [line(product.id, 1)], { orderId: value });
          const found = (await store.products.find(sellerId, product.id))?.body.value;
          expect(found).toEqual({ ...product, imageUrl: value, version: 2 });
          expect((await allProducts(store, sellerId)).at(-1)).toEqual(found);
          expect(
            await store.products.lookup(sellerId, { skus: [described.sku], names: [], ids: [] }),
          ).toEqual([found]);
          expect((await ledgerOf(store, sellerId, product.id))[1]).toMatchObject({
            reason: value,
            actor: value,
          });
          expect(await allSales(store, sellerId, product.id)).toMatchObject([{ orderId: value }]);
          const goods = { productId: product.id, quantity: 1, expectedOn: "2025-06-16", reference: value };
          const { body } = await store.incoming.create(commandOf(sellerId), goods);
          expect((await store.incoming.find(sellerId, body.value.id))?.body.value).toMatchObject(goods);
        }
        const events = await allEvents(store, sellerId);
        expect(
          events.filter(({ type }) => type === "product.updated").map(({ payload }) => payload.product),
        ).toMatchObject(nasty.map((value) => ({ name: value, imageUrl: value })));
        expect(
          events.filter(({ type }) => type === "stock.adjusted").map(({ payload }) => payload.reason),
        ).toEqual(nasty);
        expect(
          events.filter(({ type }) => type === "sale.recorded").map(({ payload }) => payload.orderId),
        ).toEqual(nasty);
      },
    },
    {
      title: "a product as large as the rules allow, and attributes with names of objects' own",
      async keep({ store, seller }) {
        const sellerId = seller();
        const attributes: Record<string, string> = Object.fromEntries(
          Array.from({ length: 47 }, (_, n) => [`${n} ${"ñ".repeat(90)}`, "😀".repeat(500)]),
        );
        for (const name of ["__proto__", "constructor", "toString"])
          Object.defineProperty(attributes, name, {
            value: name,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        const large = {
          sku: "S".repeat(100),
          name: "é".repeat(200),
          description: "中".repeat(10_000),
          category: "C".repeat(200),
          attributes,
        };
        const product = await createProduct(store, sellerId, {
          ...large,
          price: "9999999999.99",
          quantity: 1_000_000_000,
        });
        expect(canonical(product.attributes)).toBe(canonical(attributes));
        expect(canonical((await store.products.find(sellerId, product.id))?.body.value)).toBe(
          canonical(product),
        );
        expect(product).toMatchObject({ description: large.description, price: "9999999999.99" });
        const filter = {
          category: large.category,
          words: [],
          maxQuantity: null,
          runsOutBy: null,
          sort: "name" as const,
          descending: false,
        };
        await createProduct(
          store,
          sellerId,
          large.name === "" ? {} : { name: `${large.name.slice(1)}z`, category: large.category },
        );
        const page = await store.products.list(sellerId, { ...filter, limit: 1, after: null });
        const next = await store.products.list(sellerId, { ...filter, limit: 1, after: page.last });
        expect([page, next].map(({ body }) => body.value.length)).toEqual([1, 1]);
        expect(page.body.value[0]?.id).not.toBe(next.body.value[0]?.id);
      },
    },
  ],
};
