import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { encodedText } from "../domain/encoded.ts";
import { type ApiKey, keyRequestSchema, type NewApiKey } from "../domain/key.ts";
import { pageQuery } from "../domain/page.ts";
import { parse } from "../domain/parse.ts";
import { AmusedError, invalidRequest, notFound } from "../errors.ts";
import { answerWritten, commandOf, type Deps } from "./deps.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Services } from "./services.ts";

/** How long a verified key is believed without asking the store: a revocation on another node holds after this. */
const believedMs = 4_000;
/** How often a key's last use is written down. */
const touchMs = 60_000;
const remembered = 10_000;

const listSchema = z.strictObject(pageQuery);

/** API keys: 256 random bits, of which only the SHA-256 is kept. */
export function keysService(deps: Deps): Services["keys"] {
  const { repositories } = deps;
  const verified = new Map<string, { found: Promise<ApiKey | null>; at: number }>();
  const touched = new Map<number, number>();

  /** A key under this name, asked of the store once for all who ask within the time it is believed. */
  function find(name: string, ask: () => Promise<ApiKey | null>): Promise<ApiKey | null> {
    const at = deps.now().getTime();
    const known = verified.get(name);
    if (known !== undefined && at - known.at < believedMs) return known.found;
    // Old entries go first, so that a flood of wrong keys can not grow the map.
    if (verified.size >= remembered) verified.delete(verified.keys().next().value as string);
    const found = ask();
    verified.delete(name);
    verified.set(name, { found, at });
    found.catch(() => verified.delete(name));
    return found;
  }

  function touch(key: ApiKey, at: Date): void {
    if (at.getTime() - (touched.get(key.id) ?? 0) < touchMs) return;
    touched.set(key.id, at.getTime());
    // A note for people, not a fact: a failure to write it must not fail the request.
    repositories.keys.touch([{ id: key.id, at }]).catch(() => touched.delete(key.id));
  }

  return {
    async create(context, input) {
      const request = parse(keyRequestSchema, input);
      const sellerId = request.sellerId ?? null;
      const expiresAt = request.expiresAt ?? null;
      if (expiresAt !== null && Date.parse(expiresAt) <= deps.now().getTime())
        throw invalidRequest([{ path: "expiresAt", message: "must be in the future" }]);
      const prefix = `amk_${randomBytes(4).toString("hex")}`;
      const key = `${prefix}_${randomBytes(32).toString("base64url")}`;
      const row = {
        sellerId,
        name: request.name,
        prefix,
        hash: hashKey(key),
        scopes: [...new Set(request.scopes)],
        expiresAt,
      };
      const written = await repositories.keys.create(
        commandOf(deps, { ...context, sellerId: sellerId ?? "" }),
        row,
      );
      const answer = answerWritten(deps, sellerId ?? "", written);
      // The secret is not kept, so a replay can not show it again.
      if (answer.replayed) return answer as typeof answer & { body: { value: NewApiKey } };
      return {
        ...answer,
        body: encodedText<NewApiKey>(`{"key":${JSON.stringify(key)},${written.body.text.slice(1)}`),
      };
    },

    async list(sellerId, input) {
      const { limit, cursor } = parse(listSchema, input);
      const filters = ["keys", sellerId];
      const rows = await repositories.keys.list(sellerId, { limit, after: positionOf(cursor, filters) });
      return { body: pageOf(rows, filters), cursor: null, revision: null, replayed: false };
    },

    async revoke(context, id) {
      const command = commandOf(deps, { ...context, sellerId: "" });
      // The answer does not say whose key it was, and the streams of its seller shall hear of it.
      const key = await repositories.keys.findById(id);
      const written = await repositories.keys.revoke(command, id);
      if (written === null) throw notFound("key", id);
      verified.clear();
      if (written.position !== null) deps.announce(key?.sellerId ?? "", written.position);
      return { body: encodedText("null"), cursor: null, revision: null, replayed: false };
    },

    async verify(key) {
      const hash = hashKey(key);
      return good(await find(hash, () => repositories.keys.find(hash)));
    },

    async verifyId(id) {
      await good(await find(`id ${id}`, () => repositories.keys.findById(id)));
    },
  };

  function good(found: ApiKey | null): ApiKey {
    const at = deps.now();
    if (found === null) throw new AmusedError("unauthenticated", "The key is unknown or was revoked.", {});
    if (found.expiresAt !== null && Date.parse(found.expiresAt) <= at.getTime())
      throw new AmusedError("unauthenticated", `The key expired at ${found.expiresAt}.`, {});
    touch(found, at);
    return found;
  }
}

function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
