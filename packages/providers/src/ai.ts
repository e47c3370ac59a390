export {
  type AiModelsOptions,
  aiModels,
} from "./ai/models.ts";
export { type OpenAiCompatibleOptions, openaiCompatibleModels } from "./ai/openai-compatible.ts";
export type { AiEmbeddingModel, AiLanguageModel } from "./ai/sdk.ts";
