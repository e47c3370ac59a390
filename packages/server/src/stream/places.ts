import { AmusedError } from "@amused/core";

/** How many streams may be open. */
export interface StreamLimits {
  /** In the whole process. */
  inAll: number;
  /** With one credential. */
  perKey: number;
}

/** Takes a place for a stream, and answers how to leave it; refuses where there is none. */
export type TakePlace = (holder: string) => () => void;

/** Seconds after which it is worth asking again. */
const retryAfter = 10;

export function streamPlaces({ inAll, perKey }: StreamLimits): TakePlace {
  const taken = new Map<string, number>();
  let all = 0;
  return (holder) => {
    const before = taken.get(holder) ?? 0;
    if (before >= perKey)
      throw new AmusedError(
        "rate_limited",
        `This credential has ${before} streams open, the most it may. Close some, or share one among readers.`,
        { retryAfter },
      );
    if (all >= inAll)
      throw new AmusedError("unavailable", "This server has as many streams open as it can carry.", {
        retryAfter,
      });
    taken.set(holder, before + 1);
    all++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      all--;
      const rest = (taken.get(holder) ?? 1) - 1;
      if (rest === 0) taken.delete(holder);
      else taken.set(holder, rest);
    };
  };
}
