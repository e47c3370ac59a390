import { AmusedError, type Scope } from "@amused/core";
import type { Access } from "./access.ts";

/** Short-lived credentials for a browser's stream: signed, kept nowhere, good for nothing else. */
export interface StreamTokens {
  issue(access: Access, sellerId: string, expiresAt: Date): Promise<string>;
  /** Who holds this token; `unauthenticated` when it is not ours or has expired. */
  verify(token: string): Promise<Access>;
}

const prefix = "ams_";
const scopes: readonly Scope[] = ["read"];

/** Tells a stream token from an API key by its looks. */
export function looksLikeStreamToken(token: string): boolean {
  return token.startsWith(prefix);
}

interface Claims {
  /** Seller, actor, expiry in milliseconds. */
  s: string;
  a: string;
  e: number;
}

/** Tokens signed with HMAC-SHA-256; without a secret one is made that lives as long as this process. */
export function streamTokens(secret: string | undefined, now: () => number = Date.now): StreamTokens {
  const bytes =
    secret === undefined ? crypto.getRandomValues(new Uint8Array(32)) : new TextEncoder().encode(secret);
  let imported: Promise<CryptoKey> | undefined;
  const key = () => {
    imported ??= crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
      "verify",
    ]);
    return imported;
  };

  return {
    async issue({ actor }, sellerId, expiresAt) {
      const claims: Claims = { s: sellerId, a: actor, e: expiresAt.getTime() };
      const payload = new TextEncoder().encode(JSON.stringify(claims));
      const signature = await crypto.subtle.sign("HMAC", await key(), payload);
      return `${prefix}${toBase64(payload)}.${toBase64(new Uint8Array(signature))}`;
    },

    async verify(token) {
      const [payload, signature, more] = token.slice(prefix.length).split(".").map(fromBase64);
      const signed =
        payload &&
        signature &&
        more === undefined &&
        (await crypto.subtle.verify("HMAC", await key(), signature, payload));
      if (!signed) throw new AmusedError("unauthenticated", "The stream token is not valid.", {});
      const { s: sellerId, a: actor, e: expiry } = JSON.parse(new TextDecoder().decode(payload)) as Claims;
      const expiresAt = new Date(expiry).toISOString();
      if (expiry <= now())
        throw new AmusedError("unauthenticated", `The stream token expired at ${expiresAt}.`, {});
      return { sellerId, scopes, actor, expiresAt };
    },
  };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The bytes of the one text that `toBase64` makes of them: a token is counted by its text, and has no other. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{1,4096}$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (unit) =>
      unit.charCodeAt(0),
    );
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
