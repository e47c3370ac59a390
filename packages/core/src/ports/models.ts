/** What a call to a model is given beside the question. */
export interface ModelCall {
  /** Aborts when nobody waits for the answer any longer. */
  signal: AbortSignal;
  /** Told once how many tokens the provider counted, also where the answer is of no use. Not called where it does not say. */
  used(tokens: number): void;
}

/**
 * Models throw `unavailable` where another try can help (with `retryAfter`, where the provider names a time), and
 * `invalid_request` where it is this question that is refused. Whatever else they throw says that the model does not work.
 */
export interface EmbeddingModel {
  /** Names the model: vectors of another one can not be compared with its own. */
  readonly id: string;
  /** One vector for each text, in their order. */
  embed(texts: string[], call: ModelCall): Promise<number[][]>;
}

export interface LanguageRequest {
  system: string;
  prompt: string;
  /** The JSON Schema of the answer. A model may not keep to it: what comes is checked. */
  schema: Record<string, unknown>;
  /** The longest answer. */
  maxTokens: number;
}

export interface LanguageModel {
  readonly id: string;
  /** The answer's JSON as a value; its text, where it is no JSON. */
  generate(request: LanguageRequest, call: ModelCall): Promise<unknown>;
}

/** What may be used of models in a day (UTC), counted in this process; `null` is no limit. */
export interface ModelBudget {
  /** Tokens of all sellers together; 5,000,000 when not said. */
  tokens?: number | null;
  /** Tokens of one seller; 1,000,000 when not said. */
  sellerTokens?: number | null;
  /** Calls of all sellers together; no limit when not said. */
  calls?: number | null;
  /** Calls of one seller; no limit when not said. */
  sellerCalls?: number | null;
}

export interface ModelLimits {
  /** Milliseconds for an answer, all tries together; 20,000 when not said. */
  timeout?: number;
  /** How often a call that failed is tried again; 2 when not said. */
  retries?: number;
  budget?: ModelBudget;
}

/** Models of others, which cost money and see texts. What is not there is done by the engines of this house. */
export interface Models {
  embedding?: EmbeddingModel;
  language?: LanguageModel;
  limits?: ModelLimits;
}
