import { exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { adminKey, problemOf, testApp } from "./support/app.ts";
import { audience, issuer, publish, type SigningKey, signingKey, token } from "./support/issuer.ts";
import { blocksOf, next, rest } from "./support/stream.ts";

let key: SigningKey;
beforeEach(async () => {
  key = await signingKey("one");
});
afterEach(() => void vi.useRealTimers());

const as = (credential: string) => ({ headers: { authorization: `Bearer ${credential}` } });

async function accepting(keys = [key]) {
  const { jwt, published } = await publish(keys);
  const app = await testApp({ jwt });
  const ask = async (credential: string, path = "/v1/products", method = "GET") => {
    const response = await app.raw(path, { method, ...as(credential) });
    return [response.status, response.ok ? "" : (await problemOf(response)).code];
  };
  return { app, published, ask };
}

const good = [200, ""];
const refused = [401, "unauthenticated"];
const minute = 60_000;

/** Lets the clock stand, and everything else go on. */
function standAt(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: ms });
}

describe("a JWT of the host's issuer", () => {
  test("acts for the seller it names, within its scopes, beside our own keys", async () => {
    const { app, ask } = await accepting();
    await app.amused.seller("acme").products.create({ name: "Tea" });
    const listed = await app.raw("/v1/products", as(await token(key)));
    expect((await listed.json()) as object).toMatchObject({ items: [{ name: "Tea" }] });
    const reads = await token(key, { scope: "read" });
    expect(await ask(reads)).toEqual(good);
    expect(await ask(reads, "/v1/products", "POST")).toEqual([403, "forbidden"]);
    expect(await ask(await token(key, { scope: ["write"] }))).toEqual(good);
    expect(await ask(await token(key), "/v1/products?sellerId=other")).toEqual([403, "forbidden"]);
    for (const own of [app.key, adminKey]) expect(await ask(own, "/v1/products?sellerId=acme")).toEqual(good);
  });

  test("names who acts", async () => {
    const { app } = await accepting();
    const tea = await app.amused.seller("acme").products.create({ name: "Tea" });
    const actors = [];
    for (const claims of [{ sub: "auth0|7" }, { sub: undefined }]) {
      const changed = await app.raw(`/v1/products/${tea.id}/stock`, {
        method: "POST",
        headers: { ...as(await token(key, claims)).headers, "content-type": "application/json" },
        body: '{"adjust":1,"reason":"found"}',
      });
      actors.push(((await changed.json()) as { movement: { actor: string } }).movement.actor);
    }
    expect(actors).toEqual(["user:auth0|7", "jwt:acme"]);
  });

  test.each(["RS256", "PS256", "ES384", "EdDSA"])("may be signed with %s", async (alg) => {
    const signing = await signingKey("one", alg);
    const { ask } = await accepting([signing]);
    expect(await ask(await token(signing))).toEqual(good);
  });

  test("is never an administrator's", async () => {
    const { ask } = await accepting();
    for (const claims of [
      { scope: "admin read write" },
      { scope: "admin", seller_id: undefined },
      { seller_id: null },
    ])
      expect((await ask(await token(key, claims), "/v1/keys"))[0]).not.toBe(200);
    expect(await ask(await token(key, { scope: "admin" }))).toEqual([403, "forbidden"]);
    expect(await ask(await token(key, { scope: undefined }))).toEqual([403, "forbidden"]);
  });

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
  test.each<[string, () => Record<string, unknown>]>([
    ["of another issuer", () => ({ iss: "https://evil.example" })],
    ["for another audience", () => ({ aud: "another" })],
    ["for nobody", () => ({ aud: undefined })],
    ["that has expired", () => ({ exp: inSeconds(-11) })],
    ["that never expires", () => ({ exp: undefined })],
    ["that lives for more than a day", () => ({ exp: inSeconds(24 * 3_600 + 20) })],
    ["that is not good yet", () => ({ nbf: inSeconds(60) })],
    ["of no seller", () => ({ seller_id: undefined })],
    ["of a seller that is a number", () => ({ seller_id: 7 })],
    ["of a seller that is a list", () => ({ seller_id: ["acme"] })],
    ["of a seller with a space", () => ({ seller_id: "ac me" })],
    ["of a seller with a NUL", () => ({ seller_id: "ac\0me" })],
    ["of a seller of a thousand letters", () => ({ seller_id: "a".repeat(1_000) })],
    ["of a subject with a line break", () => ({ sub: "a\nb" })],
    ["with a scope that is a number", () => ({ scope: 1 })],
  ])("%s opens nothing", async (_, claims) => {
    const { ask } = await accepting();
    expect(await ask(await token(key, claims()))).toEqual(refused);
  });

  test("may come from a clock that is some seconds off", async () => {
    const { ask } = await accepting();
    expect(await ask(await token(key, { exp: inSeconds(-5) }))).toEqual(good);
    expect(await ask(await token(key, { nbf: inSeconds(5) }))).toEqual(good);
  });

  test("that nobody signed, or somebody else, opens nothing", async () => {
    const rsa = await signingKey("one", "RS256");
    const { ask } = await accepting([rsa]);
    const claims = { iss: issuer, aud: audience, exp: inSeconds(600), seller_id: "acme", scope: "read" };
    expect(await ask(await token(rsa))).toEqual(good);
    // The public key, which everybody has, taken for a shared secret.
    const shared = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
    const [header, payload, signature] = (await token(rsa)).split(".");
    const other = btoa(JSON.stringify({ ...claims, seller_id: "other" })).replace(/=+$/, "");
    for (const wrong of [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(shared),
      await token(await signingKey("one", "RS256")),
      await token(await signingKey("two", "RS256")),
      `${header}.${other}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature?.slice(2)}`,
      "eyJ.eyJ.a",
      "eyJhbGciOiJSUzI1NiJ9..",
    ])
      expect(await ask(wrong)).toEqual(refused);
  });

  test("of more than 8,192 characters is not looked at", async () => {
    const { ask, published } = await accepting();
    expect(await ask(await token(key, { groups: "x".repeat(3_000) }))).toEqual(good);
    const { asked } = published;
    expect(await ask(await token(key, { groups: "x".repeat(8_192) }))).toEqual(refused);
    expect(published.asked).toBe(asked);
  });

  test("is not taken from a query", async () => {
    const { ask, app } = await accepting();
    expect((await app.raw(`/v1/events/stream?token=${await token(key)}`)).status).toBe(401);
    expect(await ask(await token(key))).toEqual(good);
  });

  test("is told from our keys by its looks, and is not accepted unless it is asked for", async () => {
    const app = await testApp();
    expect((await app.raw("/v1/products", as(await token(key)))).status).toBe(401);
  });
});

describe("a stream opened with a JWT", () => {
  test("ends when the token does, and so does one of a stream token made with it", async () => {
    const { app } = await accepting();
    const short = await token(key, { exp: Math.floor(Date.now() / 1000) + 2 });
    const made = await app.raw("/v1/stream-tokens", { method: "POST", ...as(short) });
    const { token: streamToken, expiresAt } = (await made.json()) as { token: string; expiresAt: string };
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 2_000);
    const streams = [
      blocksOf(await app.raw("/v1/events/stream", as(short))),
      blocksOf(await app.raw(`/v1/events/stream?token=${streamToken}`)),
    ];
    for (const blocks of streams) {
      await next(blocks);
      await rest(blocks);
    }
  });
});

describe("the issuer's keys", () => {
  test("are asked for once, not for each token", async () => {
    const { ask, published } = await accepting();
    for (let n = 0; n < 5; n++) expect(await ask(await token(key, { n }))).toEqual(good);
    expect(published.asked).toBe(1);
  });

  test("may be rotated: a new one is found when a token names it, the old one goes with the next look", async () => {
    const { ask, published } = await accepting();
    const from = Date.now();
    standAt(from);
    const old = await token(key);
    expect(await ask(old)).toEqual(good);
    const second = await signingKey("two");
    published.keys = [second];
    standAt(from + 6_000);
    expect(await ask(await token(second))).toEqual(good);
    expect(published.asked).toBe(2);
    expect(await ask(await token(key, { n: 2 }))).toEqual(refused);
    // Verified a moment ago, and believed for a minute.
    expect(await ask(old)).toEqual(good);
    standAt(from + minute);
    expect(await ask(old)).toEqual(refused);
  });

  test("are not asked for again and again because of tokens that name keys there are none of", async () => {
    const { ask, published } = await accepting();
    standAt(Date.now());
    const stranger = await signingKey("nobody");
    for (let n = 0; n < 9; n++) expect(await ask(await token(stranger, { n }))).toEqual(refused);
    expect(published.asked).toBe(1);
  });

  test("go on working for an hour while the issuer is down; without them it is 503", async () => {
    const { ask, published, app } = await accepting();
    const from = Date.now();
    standAt(from);
    expect(await ask(await token(key))).toEqual(good);
    published.status = 500;
    standAt(from + 59 * minute);
    for (let n = 0; n < 3; n++) expect(await ask(await token(key, { n }))).toEqual(good);
    await vi.waitFor(() => expect(published.asked).toBe(2));
    standAt(from + 61 * minute);
    const down = await app.raw("/v1/products", as(await token(key)));
    expect([down.status, down.headers.get("retry-after"), (await problemOf(down)).code]).toEqual([
      503,
      "5",
      "unavailable",
    ]);
    expect((await app.raw("/v1/products", as(app.key))).status).toBe(200);
    // The issuer is left alone for a while, then found again.
    published.status = 200;
    const { asked } = published;
    expect(await ask(await token(key))).toEqual([503, "unavailable"]);
    expect(published.asked).toBe(asked);
    standAt(from + 62 * minute);
    expect(await ask(await token(key))).toEqual(good);
  });

  test("are looked at again every few minutes, while the ones that are there answer", async () => {
    const { ask, published } = await accepting();
    const from = Date.now();
    standAt(from);
    expect(await ask(await token(key))).toEqual(good);
    published.keys = [await signingKey("two")];
    standAt(from + 6 * minute);
    expect(await ask(await token(key))).toEqual(good);
    await vi.waitFor(async () => expect(await ask(await token(key, { n: Math.random() }))).toEqual(refused));
  });
});
