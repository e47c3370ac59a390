import type { Models } from "@amused/core";
import { boundedFetch } from "./bounded-fetch.ts";
import { type AiModelsOptions, aiModels } from "./models.ts";

export interface OpenAiCompatibleOptions extends Omit<AiModelsOptions, "language" | "embedding"> {
  /** Where the API is, with its version: `https://api.openai.com/v1`, `http://localhost:11434/v1`. */
  baseUrl: string;
  apiKey?: string;
  languageModel?: string;
  embeddingModel?: string;
}

/**
 * Models behind an API that speaks as OpenAI's does: OpenAI, Ollama, vLLM, LM Studio, OpenRouter and many others. Needs the
 * package `@ai-sdk/openai-compatible`.
 *
 * @example
 * const models = await openaiCompatibleModels({ baseUrl: "http://localhost:11434/v1", languageModel: "llama3.2" });
 * const amused = await createAmused({ store, models });
 */
export async function openaiCompatibleModels({
  baseUrl,
  apiKey,
  languageModel,
  embeddingModel,
  ...limits
}: OpenAiCompatibleOptions): Promise<Models> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const { hostname } = new URL(baseUrl);
  const provider = createOpenAICompatible({
    name: "openai",
    baseURL: baseUrl,
    ...(apiKey !== undefined && { apiKey }),
    supportsStructuredOutputs: true,
    fetch: boundedFetch,
    // OpenAI's own models that think do not take the name that all others know.
    ...(hostname === "api.openai.com" && { transformRequestBody: withOpenAiNames }),
  });
  return aiModels({
    ...limits,
    ...(languageModel !== undefined && { language: provider.languageModel(languageModel) }),
    ...(embeddingModel !== undefined && { embedding: provider.embeddingModel(embeddingModel) }),
  });
}

function withOpenAiNames({ max_tokens, ...body }: Record<string, unknown>): Record<string, unknown> {
  return max_tokens === undefined ? body : { ...body, max_completion_tokens: max_tokens };
}
