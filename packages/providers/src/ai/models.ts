import type { EmbeddingModel, LanguageModel, ModelBudget, Models } from "@amused/core";
import { failureOf, refusesRequest } from "./failure.ts";
import type { AiEmbeddingModel, AiLanguageAnswer, AiLanguageCall, AiLanguageModel } from "./sdk.ts";

export interface AiModelsOptions {
  /** A language model of any provider of the AI SDK: `openai("gpt-5-mini")`. */
  language?: AiLanguageModel;
  /** An embedding model of any provider of the AI SDK: `openai.embeddingModel("text-embedding-3-small")`. */
  embedding?: AiEmbeddingModel;
  /** What may be used in a day. */
  budget?: ModelBudget;
  /** Milliseconds for an answer, all tries together; 20,000 when not said. */
  timeout?: number;
  /** How often a call that failed is tried again; 2 when not said. */
  retries?: number;
}

/**
 * Models of the AI SDK for Amused. Their interface is called as it is, without the package `ai`: time, tries, budget and cache
 * are core's, the same for every model, and two of each would multiply.
 *
 * @example
 * import { openai } from "@ai-sdk/openai";
 * const models = aiModels({ language: openai("gpt-5-mini"), embedding: openai.embeddingModel("text-embedding-3-small") });
 * const amused = await createAmused({ store, models });
 */
export function aiModels({ language, embedding, ...limits }: AiModelsOptions): Models {
  return {
    ...(language && { language: languageModel(language) }),
    ...(embedding && { embedding: embeddingModel(embedding) }),
    limits,
  };
}

function languageModel(model: AiLanguageModel): LanguageModel {
  // Not every model takes a form for its answer; the question asks for it in words, too.
  let takesForm = true;
  return {
    id: idOf(model),
    async generate({ system, prompt, schema, maxTokens }, { signal, used }) {
      const call: AiLanguageCall = {
        prompt: [
          { role: "system", content: system },
          { role: "user", content: [{ type: "text", text: prompt }] },
        ],
        maxOutputTokens: maxTokens,
        abortSignal: signal,
      };
      const responseFormat = { type: "json" as const, schema, name: "answer" };
      try {
        const answer = await withForm(call, responseFormat);
        const { inputTokens, outputTokens } = answer.usage ?? {};
        const [sent, came] = [countOf(inputTokens), countOf(outputTokens)];
        if (sent !== null || came !== null) used((sent ?? 0) + (came ?? 0));
        return readingOf(answer);
      } catch (error) {
        throw failureOf(error, signal);
      }
    },
  };

  async function withForm(
    call: AiLanguageCall,
    responseFormat: NonNullable<AiLanguageCall["responseFormat"]>,
  ): Promise<AiLanguageAnswer> {
    if (!takesForm) return model.doGenerate(call);
    try {
      return await model.doGenerate({ ...call, responseFormat });
    } catch (error) {
      if (!refusesRequest(error)) throw error;
      const answer = await model.doGenerate(call);
      // It was the form, then.
      takesForm = false;
      return answer;
    }
  }
}

function embeddingModel(model: AiEmbeddingModel): EmbeddingModel {
  return {
    id: idOf(model),
    async embed(texts, { signal, used }) {
      try {
        const most = Math.max(1, (await model.maxEmbeddingsPerCall) ?? texts.length);
        const vectors: number[][] = [];
        let tokens = 0;
        for (let from = 0; from < texts.length; from += most) {
          const values = texts.slice(from, from + most);
          const { embeddings, usage } = await model.doEmbed({ values, abortSignal: signal });
          if (usage !== undefined) {
            tokens += usage.tokens;
            used(tokens);
          }
          // One too few here must not be made up for by one too many there.
          if (embeddings.length !== values.length) return embeddings;
          vectors.push(...embeddings);
        }
        return vectors;
      } catch (error) {
        throw failureOf(error, signal);
      }
    },
  };
}

function idOf({ provider, modelId }: { provider: string; modelId: string }): string {
  return `${provider}:${modelId}`;
}

function countOf(tokens: AiLanguageAnswer["usage"]["inputTokens"]): number | null {
  const count = typeof tokens === "object" ? tokens.total : tokens;
  return typeof count === "number" ? count : null;
}

/** The answer's JSON, also where it stands in a fence; the text itself where it is none. */
function readingOf({ structuredOutputText, content }: AiLanguageAnswer): unknown {
  const text =
    structuredOutputText ??
    content.map((part) => (part.type === "text" && typeof part.text === "string" ? part.text : "")).join("");
  try {
    return JSON.parse(unfenced(text.trim())) as unknown;
  } catch {
    return text;
  }
}

/** What stands between a line of three backquotes and the three that end it. */
function unfenced(text: string): string {
  const line = text.indexOf("\n");
  const fence = text.slice(0, line).trimEnd();
  const isFenced = (fence === "```" || fence === "```json") && text.endsWith("```") && text.length > line + 3;
  return isFenced ? text.slice(line + 1, -3) : text;
}
