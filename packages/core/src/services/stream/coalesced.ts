/**
 * Does work one at a time, however many ask for it. Who asks while it is being done gets the time after, shared with all
 * others who do: what is being done may have missed what they ask for.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let doing: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function start(): Promise<void> {
    next = null;
    doing = work().finally(() => {
      doing = null;
    });
    return doing;
  }

  return () => {
    if (next === null && doing === null) return start();
    // Between the end of one and the start of the next nobody else may begin.
    next ??= (doing as Promise<void>).then(start, start);
    return next;
  };
}
