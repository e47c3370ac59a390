import type { AuditFilter } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { adjust, commandOf, createProduct, later } from "../commands.ts";
import { allEvents } from "../reading.ts";

const everything: AuditFilter = {
  ...{ actor: null, types: null, productId: null, from: null, before: null },
  ...{ limit: 200, after: null },
};

export const audit: PromiseGroup = {
  about: "who did what is in the log",
  promises: [
    {
      title: "every event tells its actor, the key where it is one, and the request",
      async keep({ store, seller }) {
        const sellerId = seller();
        const { id } = await createProduct(store, sellerId, {}, { actor: "key:12", requestId: "r-1" });
        await adjust(store, commandOf(sellerId, { actor: null }), id, 3);
        await store.events.append(commandOf(sellerId, { actor: "key:12x", requestId: "a/b=c" }), [
          { type: "test.fact", productId: null, payload: { a: 'quote "' } },
        ]);
        await store.settings.update(
          commandOf(sellerId, { actor: "user:ä", idempotency: { key: "k", hash: "h" }, requestId: "r-4" }),
          { packSize: 3 },
        );
        const { body, head, last } = await store.audit.list(sellerId, everything);
        expect([head?.seq, last]).toEqual([4, null]);
        const { value } = body;
        expect(value.map(({ actor, keyId, requestId }) => [actor, keyId, requestId])).toEqual([
          ["user:ä", null, "r-4"],
          ["key:12x", null, "a/b=c"],
          [null, null, null],
          ["key:12", 12, "r-1"],
        ]);
        const events = value.map(({ actor: _a, keyId: _k, requestId: _r, ...event }) => event);
        expect(events.reverse()).toEqual(await allEvents(store, sellerId));
        expect((await store.audit.list(seller(), everything)).body.value).toEqual([]);
      },
    },
    {
      title: "it is found by actor, type, product and time, and paged without a hole",
      async keep({ store, seller }) {
        const sellerId = seller();
        const a = await createProduct(store, sellerId, {}, { actor: "a" });
        const b = await createProduct(store, sellerId, {}, { actor: "b" });
        for (let n = 0; n < 6; n++)
          await adjust(
            store,
            commandOf(sellerId, { actor: n % 2 === 0 ? "a" : "b", at: later(n * 1000) }),
            n < 3 ? a.id : b.id,
            1,
          );
        const find = async (filter: Partial<AuditFilter>) => {
          const found: number[] = [];
          for (let after: AuditFilter["after"] = null; ; ) {
            const rows = await store.audit.list(sellerId, { ...everything, limit: 2, ...filter, after });
            const seqs = rows.body.value.map(({ seq }) => seq);
            expect(seqs.length).toBeLessThanOrEqual(filter.limit ?? 2);
            found.push(...seqs);
            if (rows.last === null) return found;
            after = rows.last;
          }
        };
        expect(await find({})).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
        expect(await find({ actor: "a" })).toEqual([7, 5, 3, 1]);
        expect(await find({ actor: "nobody" })).toEqual([]);
        expect(await find({ types: ["product.*"] })).toEqual([2, 1]);
        expect(await find({ types: ["stock.adjusted", "x.*"], actor: "b", limit: 1 })).toEqual([8, 6, 4]);
        expect(await find({ productId: a.id })).toEqual([5, 4, 3, 1]);
        expect(await find({ productId: b.id, actor: "b" })).toEqual([8, 6, 2]);
        const [from, before] = [later(2000).toISOString(), later(4000).toISOString()];
        expect(await find({ from, before })).toEqual([6, 5]);
        expect(await find({ from })).toEqual([8, 7, 6, 5]);
        expect(await find({ before, productId: a.id })).toEqual([5, 4, 3, 1]);
      },
    },
    {
      title: "what is far back is found by going on, and a time says where to end",
      async keep({ store, seller }) {
        const sellerId = seller();
        const append = (actor: string, at: Date, count: number) =>
          store.events.append(
            commandOf(sellerId, { actor, at }),
            Array.from({ length: count }, () => ({ type: "test.fact", productId: null, payload: {} })),
          );
        await append("b", later(0), 12_000);
        await append("a", later(1), 1);
        const day = 86_400_000;
        await append("b", later(3 * day), 10_050);
        const first = async (filter: Partial<AuditFilter>) => {
          for (let after: AuditFilter["after"] = null, calls = 1; ; calls++) {
            const rows = await store.audit.list(sellerId, { ...everything, ...filter, after });
            const [found] = rows.body.value;
            if (found !== undefined || rows.last === null) return { seq: found?.seq, calls };
            expect(calls, "it ends").toBeLessThan(10);
            after = rows.last;
          }
        };
        expect((await first({ actor: "a" })).seq).toBe(12_001);
        expect((await first({ actor: "nobody" })).seq).toBeUndefined();
        const from = later(2 * day).toISOString();
        expect((await first({ actor: "a", from })).calls, "nothing so late is further back").toBeLessThan(3);
      },
    },
  ],
};
