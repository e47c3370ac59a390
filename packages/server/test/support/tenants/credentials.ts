import { adminKey } from "../app.ts";
import type { Operation } from "./operations.ts";
import type { Names, Shop } from "./shop.ts";
import type { World } from "./world.ts";

/** A credential that does not do, and the status that says so. */
export interface Refused {
  what: string;
  status: number;
  of(who: Shop): string | undefined;
  /** Whom the query names as the seller. */
  sellerId?: (names: Names) => string;
}

/** Credentials that are good for nothing. Moves the clock, by which one has expired. */
export async function worthlessIn({ amused, now, advance }: World): Promise<Refused[]> {
  const seller = { sellerId: "somebody" };
  const expiresAt = new Date(now().getTime() + 60_000).toISOString();
  const { key: expired } = await amused.keys.create({ ...seller, expiresAt });
  const { id, key: revoked } = await amused.keys.create(seller);
  await amused.keys.revoke(id);
  advance(120_000);
  return [
    { what: "nothing", status: 401, of: () => undefined },
    { what: "an unknown key", status: 401, of: () => "amk_00000000_nobody" },
    { what: "a revoked key", status: 401, of: () => revoked },
    { what: "an expired key", status: 401, of: () => expired },
    {
      ...{ what: "a forged stream token", status: 401 },
      of: ({ names }) => `ams_${btoa(JSON.stringify({ s: names.product, a: "key:1", e: 9e15 }))}.AAAA`,
    },
  ];
}

/** Credentials of these shops that do not do for an operation. */
export async function tooLittleFor({ scope }: Operation, world: World, shops: Shop[]): Promise<Refused[]> {
  const [readers, tokens] = [new Map<Shop, string>(), new Map<Shop, string>()];
  for (const shop of shops) {
    const { sellerId } = shop.names;
    readers.set(shop, (await world.amused.keys.create({ sellerId, scopes: ["read"] })).key);
    const made = await world.ask({ method: "POST", path: "/v1/stream-tokens" }, shop.apiKey);
    tokens.set(shop, (JSON.parse(made.text) as { token: string }).token);
  }
  const token: Refused = { what: "a stream token", status: 403, of: (who) => tokens.get(who) };
  const reader: Refused = { what: "a key that only reads", status: 403, of: (who) => readers.get(who) };
  const own: Refused = { what: "a seller's key", status: 403, of: ({ apiKey }) => apiKey };
  if (scope === "admin") return [token, reader, own];
  return [
    ...(scope === "stream" ? [] : [token]),
    ...(scope === "write" ? [reader] : []),
    { ...own, what: "another seller's name", sellerId: (names) => names.sellerId },
    { what: "an admin key that names no seller", status: 400, of: () => adminKey },
  ];
}
