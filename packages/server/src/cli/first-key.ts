import type { Amused } from "@amused/core";

/**
 * The first admin key, where the store has none: its secret is in this answer and nowhere else. `null` when there is one
 * already, or another node was first.
 */
export async function firstAdminKey(amused: Amused): Promise<string | null> {
  for await (const { scopes } of amused.keys.list({ limit: 200 })) if (scopes.includes("admin")) return null;
  // Of several nodes that start at once on one database, the idempotency key lets one make it.
  const context = { actor: null, idempotency: { key: "first-admin-key", hash: "first-admin-key" } };
  const answer = await amused.services.keys.create(context, { name: "first admin key", scopes: ["admin"] });
  return answer.replayed ? null : answer.body.value.key;
}
