/** Waits, but keeps no process alive for it. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (typeof timer === "object") timer.unref?.();
    signal.addEventListener("abort", done, { once: true });
  });
}
