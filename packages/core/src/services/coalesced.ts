/**
 * Does work one at a time, however many ask for it. Who asks while it is being done gets the time after, shared with all
 * others who do: what is being done may have missed what they ask for.
 */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function start(): Promise<T> {
    next = null;
    doing = work().finally(() => {
      doing = null;
    });
    return doing;
  }

  return () => {
    if (next === null && doing === null) return start();
    // Between the end of one and the start of the next nobody else may begin.
    next ??= (doing as Promise<T>).then(start, start);
    return next;
  };
}
