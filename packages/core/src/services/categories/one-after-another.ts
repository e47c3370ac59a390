/**
 * One run of the work at a time. Who asks while one is under way gets the next one, together with all others who ask
 * meanwhile: what was written before the question is in the answer.
 */
export function oneAfterAnother<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    if (next !== null) return next;
    const one = running
      .catch(() => {})
      .then(() => {
        next = null;
        return work();
      });
    next = one;
    running = one;
    return one;
  };
}
