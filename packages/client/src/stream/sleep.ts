/** Waits, or until the signal aborts; leaves no listener and no timer. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    // Beyond this a timer fires at once.
    const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
    signal?.addEventListener("abort", wake);
    if (signal?.aborted) wake();
  });
}
