import { expect, test } from "vitest";
import { streamTokens } from "../src/auth/stream-tokens.ts";

test("a token has one text: whoever writes it otherwise is not counted as another", async () => {
  const tokens = streamTokens(undefined);
  const access = { sellerId: "acme", scopes: ["read"], actor: "key:1" } as const;
  for (const sellerId of ["a", "ab", "abc"]) {
    const token = await tokens.issue(access, sellerId, new Date("2100-01-01T00:00:00Z"));
    expect(await tokens.verify(token)).toMatchObject({ sellerId });
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
    const [payload = "", signature = ""] = token.split(".");
    const others = [
      ...[`${token}.`, `${token}.more`],
      ...letters.map((last) => `${payload}.${signature.slice(0, -1)}${last}`),
      ...letters.map((last) => `${payload.slice(0, -1)}${last}.${signature}`),
    ].filter((other) => other !== token);
    for (const other of others) await expect(tokens.verify(other), other).rejects.toThrow("not valid");
  }
});
