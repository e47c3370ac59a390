import { createClient } from "@amused/client";
import { defineEvents, type Seller } from "@amused/core";
import { notedType } from "@amused/testkit";
import { z } from "zod";

const events = defineEvents({ [notedType]: z.object({ operation: z.string(), text: z.string() }) });

export type Shop = Seller<typeof events>;

export interface Connection {
  shop: Shop;
  /** How often a write with this key has been sent. */
  sent(key: string): number;
}

/** A client that does not wait for long; and `retry` times again by itself. */
export function connect(baseUrl: string, apiKey: string, retry = 0): Connection {
  const sent = new Map<string, number>();
  const shop = createClient({
    ...{ baseUrl, apiKey, events, retry },
    timeout: 2_000,
    reconnect: { minDelay: 20, maxDelay: 200, watchdog: 2_000 },
    fetch(request) {
      const key = request.headers.get("idempotency-key");
      if (key !== null) sent.set(key, (sent.get(key) ?? 0) + 1);
      return fetch(request);
    },
  });
  return { shop, sent: (key) => sent.get(key) ?? 0 };
}

/** Makes a key for a seller, and his shop's connections with it. */
export async function keyFor(url: string, adminKey: string, sellerId: string): Promise<string> {
  const response = await fetch(`${url}/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ sellerId }),
  });
  if (!response.ok) throw new Error(`no key for ${sellerId}: ${await response.text()}`);
  const { key } = (await response.json()) as { key: string };
  return key;
}
