import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { onTestFinished } from "vitest";

export const issuer = "https://id.example";
export const audience = "amused";

/** A key of the issuer's, with which tokens are signed. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
}

export async function signingKey(kid: string, alg = "ES256"): Promise<SigningKey> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

/** A server that publishes keys as an issuer of tokens does, until the test ends. */
export async function publish(keys: SigningKey[]) {
  const published = { keys, status: 200, asked: 0 };
  const server = createServer(async (_, response) => {
    published.asked++;
    const jwks = published.keys.map(async ({ kid, alg, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      ...{ kid, alg, use: "sig" },
    }));
    response.writeHead(published.status, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: await Promise.all(jwks) }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    published,
    jwt: { jwksUrl: `http://127.0.0.1:${port}/keys`, issuer, audience },
  };
}

/** A good token of the seller `acme`, but for these claims; `undefined` takes one away. */
export function token(
  { kid, alg, privateKey }: SigningKey,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const usual = {
    iss: issuer,
    aud: audience,
    sub: "7",
    exp: now + 3_600,
    seller_id: "acme",
    scope: "openid read write",
  };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, kid }).sign(privateKey);
}
