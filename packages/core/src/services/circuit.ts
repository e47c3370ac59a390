/** When something is left alone that does not work. */
export interface CircuitLimits {
  /** After so many failures in a row … */
  tolerated: number;
  /** … for so long, and each time it then fails again for twice as long, up to the last. */
  restMs: number;
  longestMs: number;
}

/** Leaves something alone that does not work, so that nobody waits for it. */
export interface Circuit {
  /** Whether it may be called. After a rest one caller tries for all; it must tell the outcome. */
  enter(): boolean;
  /** Whether it is left alone now. */
  readonly resting: boolean;
  succeeded(): void;
  /** `restForMs`: how long it asks to be left alone. Answers for how long it is, where that begins with this failure. */
  failed(restForMs?: number): number | null;
  /** It was not at fault in what became of the call. */
  undecided(): void;
}

export function circuit(now: () => Date, { tolerated, restMs, longestMs }: CircuitLimits): Circuit {
  let failures = 0;
  let rests = 0;
  let until = Number.NEGATIVE_INFINITY;
  let restingFor = 0;
  let trying = false;

  function rest(ms: number): number {
    restingFor = Math.min(ms, longestMs);
    until = now().getTime() + restingFor;
    return restingFor;
  }

  function resting(): boolean {
    const left = until - now().getTime();
    // A clock that goes back must not make it a long rest.
    return left > 0 && left <= restingFor;
  }

  return {
    enter() {
      if (resting()) return false;
      if (failures < tolerated) return true;
      if (trying) return false;
      trying = true;
      return true;
    },
    get resting() {
      return resting();
    },
    succeeded() {
      failures = rests = 0;
      trying = false;
    },
    failed(restForMs = 0) {
      failures++;
      trying = false;
      // Those that were on their way when the rest began say nothing new.
      if (resting() && failures > tolerated) return null;
      if (failures >= tolerated) return rest(Math.max(restForMs, restMs * 2 ** rests++));
      return restForMs > 0 ? rest(restForMs) : null;
    },
    undecided() {
      trying = false;
    },
  };
}
