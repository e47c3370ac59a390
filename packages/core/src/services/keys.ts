import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { encodedText } from "../domain/encoded.ts";
import {
  type ApiKey,
  keyRequestSchema,
  keyRotationSchema,
  type NewApiKey,
  originSchema,
} from "../domain/key.ts";
import { pageQuery } from "../domain/page.ts";
import { parse } from "../domain/parse.ts";
import { AmusedError, invalidRequest, notFound } from "../errors.ts";
import type { Written } from "../ports/command.ts";
import { answerWritten, commandOf, type Deps } from "./deps.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Answer, Services } from "./services.ts";

/** How long a verified key is believed without asking the store: a revocation on another node holds after this. */
const believedMs = 3_000;
/** How often a key's last use is written down. */
const touchMs = 60_000;
const remembered = 10_000;

const listSchema = z.strictObject(pageQuery);

/** API keys: 256 random bits, of which only the SHA-256 is kept. */
export function keysService(deps: Deps): Services["keys"] {
  const { repositories } = deps;
  const verified = believed<ApiKey | null>(deps.now);
  const knownOrigins = believed<boolean>(deps.now);
  const touched = new Map<number, number>();

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
      checkEnd(expiresAt);
      const { name, origins = null } = request;
      const secret = newSecret();
      const { prefix, hash } = secret;
      const row = { sellerId, name, prefix, hash, scopes: [...new Set(request.scopes)], origins, expiresAt };
      const command = commandOf(deps, { ...context, sellerId: sellerId ?? "" });
      const written = await repositories.keys.create(command, row);
      if (origins !== null) knownOrigins.forget();
      return shown(written, secret.key);
    },

    async rotate(context, id, input) {
      const { overlap, expiresAt } = parse(keyRotationSchema, input);
      checkEnd(expiresAt ?? null);
      const { key, ...successor } = newSecret();
      const command = commandOf(deps, { ...context, sellerId: "" });
      const written = await repositories.keys.rotate(command, id, {
        ...successor,
        ...(expiresAt !== undefined && { expiresAt }),
        until: new Date(command.at.getTime() + overlap),
      });
      if (written === null) throw await notRotated(id);
      verified.forget();
      return shown(written, key);
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
      verified.forget();
      knownOrigins.forget();
      if (written.position !== null) deps.announce(key?.sellerId ?? "", written.position);
      return { body: encodedText("null"), cursor: null, revision: null, replayed: false };
    },

    async verify(key) {
      const hash = hashKey(key);
      return good(await verified.ask(hash, () => repositories.keys.find(hash)));
    },

    async verifyId(id) {
      return good(await verified.ask(`id ${id}`, () => repositories.keys.findById(id)));
    },

    knowsOrigin: async (origin) =>
      originSchema.safeParse(origin).success &&
      knownOrigins.ask(origin, () => repositories.keys.knowsOrigin(origin)),
  };

  function good(found: ApiKey | null): ApiKey {
    const at = deps.now();
    if (found === null) throw new AmusedError("unauthenticated", "The key is unknown or was revoked.", {});
    if (found.expiresAt !== null && Date.parse(found.expiresAt) <= at.getTime())
      throw new AmusedError("unauthenticated", `The key expired at ${found.expiresAt}.`, {});
    touch(found, at);
    return found;
  }

  function checkEnd(expiresAt: string | null): void {
    if (expiresAt !== null && Date.parse(expiresAt) <= deps.now().getTime())
      throw invalidRequest([{ path: "expiresAt", message: "must be in the future" }]);
  }

  /** The answer with the secret, which is kept nowhere: a replay can not show it again. */
  function shown(written: Written<ApiKey>, key: string): Answer<NewApiKey> {
    const answer = answerWritten(deps, written.body.value.sellerId ?? "", written);
    const { text } = written.body;
    const body = answer.replayed ? text : `{"key":${JSON.stringify(key)},${text.slice(1)}`;
    return { ...answer, body: encodedText<NewApiKey>(body) };
  }

  async function notRotated(id: number): Promise<AmusedError> {
    const found = await repositories.keys.findById(id);
    if (found === null) return notFound("key", id);
    const { replacedBy, expiresAt } = found;
    if (replacedBy !== null)
      return new AmusedError(
        "conflict",
        `Key ${id} was rotated before; rotate key ${replacedBy}, which took its place.`,
        { state: "replaced" },
      );
    return new AmusedError("conflict", `Key ${id} ended at ${expiresAt}; make a new one.`, {
      state: "expired",
    });
  }
}

/** Believes an answer for a while, asked of the store once for all who ask meanwhile. */
function believed<T>(now: () => Date): {
  ask(name: string, of: () => Promise<T>): Promise<T>;
  forget(): void;
} {
  const answers = new Map<string, { answer: Promise<T>; at: number }>();
  return {
    ask(name, of) {
      const at = now().getTime();
      const known = answers.get(name);
      if (known !== undefined && at - known.at < believedMs) return known.answer;
      // Old entries go first, so that a flood of wrong keys can not grow the map.
      if (answers.size >= remembered) answers.delete(answers.keys().next().value as string);
      const answer = of();
      answers.delete(name);
      answers.set(name, { answer, at });
      answer.catch(() => answers.delete(name));
      return answer;
    },
    forget: () => answers.clear(),
  };
}

/** The prefix tells one key from another where no secret may be. */
function newSecret(): { key: string; prefix: string; hash: string } {
  const prefix = `amk_${randomBytes(4).toString("hex")}`;
  const key = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, prefix, hash: hashKey(key) };
}

function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
