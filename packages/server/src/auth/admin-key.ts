import { sha256 } from "../http/sha256.ts";
import type { Access } from "./access.ts";

const admin: Access = { sellerId: null, scopes: ["admin"], actor: "admin" };

/**
 * Tells whether a token is the admin key of the settings. Hashes are compared, to the end, so that the time taken says
 * nothing about the key.
 */
export function adminKey(key: string | undefined): (token: string) => Promise<Access | null> {
  if (key === undefined) return async () => null;
  const expected = sha256(key);
  return async (token) => (equal(await sha256(token), await expected) ? admin : null);
}

/** Compares two texts of one length in a time that does not depend on where they differ. */
export function equal(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return difference === 0;
}
