export interface ReadOptions {
  signal?: AbortSignal;
}

export interface WriteOptions extends ReadOptions {
  /** Up to 255 characters; the same key with the same request has one effect and gets the first answer, for 24 hours. */
  idempotencyKey?: string;
}

export interface VersionedWriteOptions extends WriteOptions {
  /** Refuse with `precondition_failed` unless the product still has this version. */
  ifVersion?: number;
}
