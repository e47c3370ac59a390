/** How much may be consumed under each key in a window of time. */
export interface RateLimit {
  /** Keeps what is counted here apart from what other limits count under the same key. */
  name: string;
  limit: number;
  /** Whole seconds, in milliseconds. A key's window begins with the first that it consumes. */
  windowMs: number;
}

/** What a key has left in its window. */
export interface RateLimitState {
  /** Something was left before. What costs more than that is let in too, and leaves nothing. */
  allowed: boolean;
  /** Never below 0. */
  remaining: number;
  /** Milliseconds until the window ends and all is there again. */
  resetMs: number;
}

/**
 * Counts what callers consume. What can not be counted exactly (a store of counts that is gone, a memory that is full) is
 * let in: a limiter protects, and must not be what makes everything fail.
 */
export interface RateLimiter {
  /** Counts so much under the key, whether or not it is allowed. */
  consume(limit: RateLimit, key: string, cost: number): Promise<RateLimitState>;
  /** What is left, and nothing counted. */
  peek(limit: RateLimit, key: string): Promise<RateLimitState>;
  close(): Promise<void>;
}
