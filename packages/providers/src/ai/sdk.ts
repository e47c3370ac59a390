/**
 * What is used of the AI SDK's model interfaces, described here and not imported: so any provider of the AI SDK fits, of its
 * majors 5 to 7 (specifications v2, v3 and v4), and nobody who has no model needs a package for it.
 */
export interface AiLanguageModel {
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: AiLanguageCall): PromiseLike<AiLanguageAnswer>;
}

export interface AiLanguageCall {
  prompt: (
    | { role: "system"; content: string }
    | { role: "user"; content: { type: "text"; text: string }[] }
  )[];
  maxOutputTokens: number;
  responseFormat?: { type: "json"; schema: Record<string, unknown>; name: string };
  abortSignal: AbortSignal;
}

export interface AiLanguageAnswer {
  content: readonly { type: string; text?: unknown }[];
  /** v4: the answer, where it is not all of the text. */
  structuredOutputText?: string;
  /** v2 has numbers, v3 and v4 have objects with a total. */
  usage: { inputTokens?: Tokens; outputTokens?: Tokens };
}
type Tokens = number | { total?: number | undefined } | undefined;

export interface AiEmbeddingModel {
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
  doEmbed(options: { values: string[]; abortSignal: AbortSignal }): PromiseLike<{
    embeddings: number[][];
    usage?: { tokens: number } | undefined;
  }>;
}
