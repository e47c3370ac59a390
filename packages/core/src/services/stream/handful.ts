/** The most characters of JSON that a reader is handed at a time, but for a single larger event. */
const handful = 64 * 1024;

/** Where the handful that begins here ends: one event at least, and none after a hole. */
export function handfulOf<T extends { seq: number }>(
  events: readonly T[],
  from: number,
  sizeOf: (event: T) => number,
): number {
  const first = (events[from] as T).seq;
  let size = sizeOf(events[from] as T);
  for (let to = from + 1; to < events.length; to++) {
    const event = events[to] as T;
    size += sizeOf(event);
    if (size > handful || event.seq !== first + to - from) return to;
  }
  return events.length;
}
