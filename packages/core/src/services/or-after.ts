/** Waits for something, so long at most. */
export function orAfter(ms: number, ended: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    ended.then(done, done);
  });
}
