/** Work that would hold up the process for longer than this is done in parts. */
const partMs = 10;

/** A function that waits, now and then, until whoever else has something to do in this process has had his turn. */
export function yielder(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < partMs) return;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}
