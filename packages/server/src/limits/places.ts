import { AmusedError } from "@amused/core";

/** Takes a place for somebody, and answers how to leave it; refuses where there is none. */
export type TakePlace = (holder: string) => () => void;

/** Seconds after which it is worth asking again. */
const retryAfter = 10;

/** So many places for each holder, 429 beyond. */
export function placesOfEach(most: number, refusal: string): TakePlace {
  return places(most, () => new AmusedError("rate_limited", refusal, { retryAfter }));
}

/** So many places in the whole process, 503 beyond. */
export function placesInAll(most: number, refusal: string): () => () => void {
  const take = places(most, () => new AmusedError("unavailable", refusal, { retryAfter }));
  return () => take("");
}

/** Takes all of these places, or none. */
export function takeAll(...takes: (() => () => void)[]): () => void {
  const taken: (() => void)[] = [];
  const leave = () => {
    for (const left of taken.splice(0)) left();
  };
  try {
    for (const take of takes) taken.push(take());
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

function places(most: number, refusal: () => AmusedError): TakePlace {
  const taken = new Map<string, number>();
  return (holder) => {
    const before = taken.get(holder) ?? 0;
    if (before >= most) throw refusal();
    taken.set(holder, before + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const rest = (taken.get(holder) ?? 1) - 1;
      if (rest === 0) taken.delete(holder);
      else taken.set(holder, rest);
    };
  };
}
