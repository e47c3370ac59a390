import type { LanguageRequest, Models } from "../../ports/models.ts";
import type { Cached, CacheKey } from "../cached.ts";
import { circuit } from "../circuit.ts";
import { pause } from "../pause.ts";
import { singleFlight } from "../single-flight.ts";
import type { Limits } from "./limits.ts";
import { spending, tokensOf } from "./spending.ts";
import { type ModelCounters, type ModelRefusal, newCounts, type Tried } from "./tried.ts";
import { type Guard, tryModel } from "./try-model.ts";
import type { LanguageUse } from "./use.ts";
import { batchSize, embeddable, packed, readVectors, unpacked } from "./vectors.ts";

/** Models of others, within their limits. Nothing here throws: who asks has another way, and is told why it is needed. */
export interface ModelsService {
  /** Asks the language model, or takes the answer that it gave to the same question of the same seller. */
  tryLanguage<T>(sellerId: string, use: LanguageUse<T>): Promise<Tried<T>>;
  /** One vector for each text; `model` names whose they are. Texts must not be empty. `keep: false`: whoever asks keeps them. */
  tryEmbedding(
    sellerId: string,
    texts: readonly string[],
    options?: { keep?: boolean },
  ): Promise<Tried<number[][]>>;
  /** What there is: ids of models, `null` for none. */
  readonly ids: { readonly language: string | null; readonly embedding: string | null };
  readonly counters: ModelCounters;
}

interface Options {
  cached: Cached;
  now: () => Date;
  onError: (error: unknown) => void;
  /** Aborts when the system is closed. */
  closed?: AbortSignal;
  wait?: Guard["wait"];
  random?: () => number;
}

/** A model that failed so often is left alone for so long. */
const resting = { tolerated: 5, restMs: 30_000, longestMs: 10 * 60_000 };
/** Vectors of a text do not change. */
const vectorsMs = 30 * 24 * 3_600_000;

export function modelsService(models: Models & { limits: Limits }, options: Options): ModelsService {
  const { cached, now, onError, wait = pause, random = Math.random } = options;
  const { closed = new AbortController().signal } = options;
  const { language, embedding, limits } = models;
  const counters = { language: newCounts(), embedding: newCounts() };
  const budget = spending(limits.budget, now);
  const single = singleFlight();

  function guardOf(kind: "language" | "embedding", id: string): Guard {
    return {
      ...{ limits, charge: budget.charge, onError, closed, wait, random, circuit: circuit(now, resting) },
      ...{ name: `${kind} model ${id}`, counts: counters[kind] },
    };
  }
  const languageGuard = language && guardOf("language", language.id);
  const embeddingGuard = embedding && guardOf("embedding", embedding.id);

  function off(kind: "language" | "embedding", setting: string): ModelRefusal {
    counters[kind].failures.off++;
    return {
      ok: false,
      reason: "off",
      message: `No ${kind} model is set up. Set AI_BASE_URL and ${setting} on a server, or hand \`models\` to createAmused().`,
    };
  }

  /** The answer as it came, with its reading. */
  async function answerOf<T>(sellerId: string, use: LanguageUse<T>) {
    if (!language || !languageGuard) return off("language", "AI_MODEL");
    const { request } = use;
    const sent = tokensOf(textOf(request));
    const tried = await tryModel(languageGuard, {
      ...{ sellerId, tokens: { sent, most: request.maxTokens }, countsAnswer: true },
      ask: (call) => language.generate(request, call),
      read: (answer) => use.read(answer),
    });
    return tried.ok ? { ...tried, generatedAt: now().toISOString() } : tried;
  }

  /** The vectors of one batch; each is kept for itself, so that a text is asked for once whatever stands beside it. */
  async function batchOf(
    sellerId: string,
    texts: readonly string[],
    keep: boolean,
  ): Promise<number[][] | ModelRefusal> {
    if (!embedding || !embeddingGuard) return off("embedding", "AI_EMBEDDING_MODEL");
    const tried = await tryModel(embeddingGuard, {
      ...{ sellerId, tokens: { sent: texts.reduce((sum, text) => sum + tokensOf(text), 0), most: 0 } },
      ...{ countsAnswer: false, ask: (call) => embedding.embed([...texts], call) },
      read: (answer) => readVectors(answer, texts.length),
    });
    if (!tried.ok) return tried;
    for (const [at, vector] of keep ? tried.value.entries() : [])
      cached.write(vectorKey(sellerId, embedding.id, texts[at] as string), packed(vector), vectorsMs);
    return tried.value;
  }

  return {
    async tryLanguage(sellerId, use) {
      if (!language) return off("language", "AI_MODEL");
      const key: CacheKey = { sellerId, kind: `model.${use.kind}`, inputs: [language.id, use.request] };
      const { id: model } = language;
      const kept = keptAnswer(await cached.read(key));
      const read = kept && readingOf(use, kept.answer);
      if (kept && read !== null) {
        counters.language.cached++;
        return { ok: true, value: read, model, generatedAt: kept.generatedAt };
      }
      const tried = await single(JSON.stringify(key), async () => {
        const made = await answerOf(sellerId, use);
        if (made.ok) {
          const { answer, generatedAt } = made;
          cached.write(key, { answer, generatedAt }, use.keepMs);
        }
        return made;
      });
      return tried.ok ? { ok: true, value: tried.value, model, generatedAt: tried.generatedAt } : tried;
    },

    async tryEmbedding(sellerId, given, { keep = true } = {}) {
      if (!embedding) return off("embedding", "AI_EMBEDDING_MODEL");
      const { id: model } = embedding;
      const texts = given.map(embeddable);
      const different = [...new Set(texts)];
      const vectors = new Map<string, number[]>();
      for (let from = 0; from < different.length; from += batchSize) {
        const missing: string[] = [];
        await Promise.all(
          different.slice(from, from + batchSize).map(async (text) => {
            const kept = unpacked(await cached.read(vectorKey(sellerId, model, text)));
            if (kept === null) missing.push(text);
            else vectors.set(text, kept);
          }),
        );
        counters.embedding.cached += Math.min(batchSize, different.length - from) - missing.length;
        if (missing.length === 0) continue;
        missing.sort();
        const made = await single(JSON.stringify([sellerId, keep, missing]), () =>
          batchOf(sellerId, missing, keep),
        );
        if ("ok" in made) return made;
        for (const [at, text] of missing.entries()) vectors.set(text, made[at] as number[]);
      }
      const value = texts.map((text) => vectors.get(text) as number[]);
      if (new Set(value.map(({ length }) => length)).size > 1) {
        counters.embedding.failures.nonsense++;
        return { ok: false, reason: "nonsense", message: `Vectors of ${model} differ in their length.` };
      }
      return { ok: true, value, model, generatedAt: now().toISOString() };
    },

    ids: { language: language?.id ?? null, embedding: embedding?.id ?? null },
    counters,
  };
}

function vectorKey(sellerId: string, model: string, text: string): CacheKey {
  return { sellerId, kind: "model.embedding", inputs: [model, text] };
}

function textOf({ system, prompt, schema }: LanguageRequest): string {
  return system + prompt + JSON.stringify(schema);
}

function keptAnswer(kept: unknown): { answer: unknown; generatedAt: string } | null {
  if (typeof kept !== "object" || kept === null || !("answer" in kept) || !("generatedAt" in kept))
    return null;
  const { answer, generatedAt } = kept;
  return typeof generatedAt === "string" ? { answer, generatedAt } : null;
}

function readingOf<T>(use: LanguageUse<T>, answer: unknown): T | null {
  try {
    return use.read(answer);
  } catch {
    return null;
  }
}
