/** Prints a line, with the seconds since `from`. */
export function say(line: string, from?: number): void {
  console.log(from === undefined ? line : `${line} (${seconds(performance.now() - from)})`);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Does the work and prints a line on it with the time it took. */
export async function timed<T>(line: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const result = await work();
  say(line, from);
  return result;
}
