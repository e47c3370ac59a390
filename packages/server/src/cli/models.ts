import type { Models } from "@amused/core";
import type { Settings } from "./settings.ts";

/** The models that the settings name; `null` where they name none. What speaks to them is loaded only then. */
export async function openModels(settings: Settings): Promise<Models | null> {
  const { AI_BASE_URL: baseUrl, AI_API_KEY: apiKey } = settings;
  if (baseUrl === undefined) return null;
  const { openaiCompatibleModels } = await import("@amused/providers/ai");
  return openaiCompatibleModels({
    baseUrl,
    ...(apiKey !== undefined && { apiKey }),
    ...(settings.AI_MODEL !== undefined && { languageModel: settings.AI_MODEL }),
    ...(settings.AI_EMBEDDING_MODEL !== undefined && { embeddingModel: settings.AI_EMBEDDING_MODEL }),
    timeout: settings.AI_TIMEOUT,
    budget: { tokens: settings.AI_DAILY_TOKENS, sellerTokens: settings.AI_DAILY_TOKENS_PER_SELLER },
  });
}

/** In one line which models are used and where texts go; `null` where they go nowhere. */
export function saidOfModels({ AI_BASE_URL, AI_MODEL, AI_EMBEDDING_MODEL }: Settings): string | null {
  if (AI_BASE_URL === undefined) return null;
  const named = [AI_MODEL, AI_EMBEDDING_MODEL && `${AI_EMBEDDING_MODEL} (embeddings)`].filter(Boolean);
  return `${named.join(" and ")} at ${new URL(AI_BASE_URL).host}: products' texts are sent there`;
}
