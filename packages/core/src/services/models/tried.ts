/**
 * Why a model gave no answer: there is none (`off`), the day's budget is used up, it took too long, it did not work or
 * refused, what it said was of no use, or it failed so often that it is left alone for a while (`resting`).
 */
export type ModelFailure = "off" | "over_budget" | "timed_out" | "failed" | "nonsense" | "resting";

export interface ModelRefusal {
  ok: false;
  reason: ModelFailure;
  /** In words, for those who keep the system; no secret and nothing of a product is in it. */
  message: string;
}

export type Tried<T> = { ok: true; value: T; model: string; generatedAt: string } | ModelRefusal;

/** What one model did since the process began. */
export interface ModelCounts {
  /** Calls that were sent, each try for itself. */
  calls: number;
  /** As providers counted them, or else about. */
  tokens: number;
  /** Answers that came out of the cache. */
  cached: number;
  failures: Record<ModelFailure, number>;
}

export type ModelCounters = Readonly<Record<"language" | "embedding", ModelCounts>>;

export function newCounts(): ModelCounts {
  return {
    ...{ calls: 0, tokens: 0, cached: 0 },
    failures: { off: 0, over_budget: 0, timed_out: 0, failed: 0, nonsense: 0, resting: 0 },
  };
}
