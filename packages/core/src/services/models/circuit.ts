/** After so many failures in a row a model is left alone … */
const tolerated = 5;
/** … for so long, and each time it then fails again for twice as long, up to the last. */
const restMs = 30_000;
const longestMs = 10 * 60_000;

/** Leaves a model alone that does not work, so that nobody waits for it. */
export interface Circuit {
  /** Whether it may be called. After a rest one caller tries for all; it must tell the outcome. */
  enter(): boolean;
  succeeded(): void;
  /** `restForMs`: how long the model asks to be left alone. */
  failed(restForMs?: number): void;
  /** It was not the model that made this of the call. */
  undecided(): void;
}

export function circuit(now: () => Date): Circuit {
  let failures = 0;
  let rests = 0;
  let until = Number.NEGATIVE_INFINITY;
  let restingFor = 0;
  let trying = false;

  function rest(ms: number): void {
    restingFor = Math.min(ms, longestMs);
    until = now().getTime() + restingFor;
  }

  return {
    enter() {
      const left = until - now().getTime();
      // A clock that goes back must not make it a long rest.
      if (left > 0 && left <= restingFor) return false;
      if (failures < tolerated) return true;
      if (trying) return false;
      trying = true;
      return true;
    },
    succeeded() {
      failures = rests = 0;
      trying = false;
    },
    failed(restForMs = 0) {
      failures++;
      trying = false;
      // Those that were on their way when the rest began say nothing new.
      const left = until - now().getTime();
      if (left > 0 && left <= restingFor && failures > tolerated) return;
      if (failures >= tolerated) rest(Math.max(restForMs, restMs * 2 ** rests++));
      else if (restForMs > 0) rest(restForMs);
    },
    undecided() {
      trying = false;
    },
  };
}
