/** A clock that stands still until it is moved. */
export interface FakeClock {
  now(): Date;
  advance(ms: number): void;
}

/** Makes a clock that stands at `start`, to hand in wherever a `now` is asked for. */
export function fakeClock(start: Date | string = "2026-01-01T00:00:00.000Z"): FakeClock {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance(ms) {
      time += ms;
    },
  };
}
