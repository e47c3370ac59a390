import type { EventOf, LiveState, Product, Seller, StreamReset } from "@amused/core";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createClient } from "../src/index.ts";

const events = { "acme.price_matched": z.object({ rival: z.string() }) };
const shop = createClient({ baseUrl: "https://amused.test", apiKey: async () => "k", events });

test("it is core's own interface, with the host's events", () => {
  expectTypeOf(shop).toExtend<Seller<typeof events>>();
});

test("a subscription is narrowed by its types", () => {
  const stream = shop.events.subscribe({ types: ["acme.price_matched", "stock.*"] });
  type One = typeof stream extends AsyncIterable<infer T> ? T : never;
  expectTypeOf<Extract<One, { type: "acme.price_matched" }>["payload"]>().toEqualTypeOf<{ rival: string }>();
  expectTypeOf<Extract<One, { type: "stock.adjusted" }>["payload"]["delta"]>().toEqualTypeOf<number>();
  expectTypeOf<Extract<One, { type: "sale.recorded" }>>().toEqualTypeOf<never>();
  expectTypeOf<Extract<One, { type: "stream.reset" }>>().toEqualTypeOf<StreamReset>();
});

test("what is published is what was defined", () => {
  type Published = Awaited<ReturnType<typeof publish>>;
  const publish = () => shop.events.publish({ type: "acme.price_matched", payload: { rival: "x" } });
  expectTypeOf<Published>().toEqualTypeOf<EventOf<"acme.price_matched", { rival: string }>>();
  // @ts-expect-error the payload is not as it was defined
  void (() => shop.events.publish({ type: "acme.price_matched", payload: {} }));
});

test("a live list is a store as React and Svelte take it, and a page has its cursor", () => {
  type List = ReturnType<typeof shop.products.live>;
  type React = (subscribe: (onChange: () => void) => () => void, get: () => LiveState<Product>) => void;
  expectTypeOf<[List["subscribe"], List["get"]]>().toExtend<Parameters<React>>();
  type One = List extends AsyncIterable<infer T> ? T : never;
  expectTypeOf<One>().toEqualTypeOf<readonly Product[]>();
  expectTypeOf<Awaited<ReturnType<typeof shop.products.list>>["asOf"]>().toEqualTypeOf<string>();
  // @ts-expect-error a live list is the first page
  void (() => shop.products.live({ cursor: "x" }));
});
