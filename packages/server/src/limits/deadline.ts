import { AmusedError } from "@amused/core";

/**
 * Answers what the work answers, or `unavailable` once it has taken so long. The work itself goes on, and what it did is
 * learned by asking again with the same idempotency key; `late` hears of an error that nobody waits for any more.
 */
export async function inTime<T>(work: Promise<T>, ms: number, late: (error: unknown) => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      work.catch(late);
      const message = `This took longer than ${ms / 1000} s. Whether it was done shows when it is sent again with the same Idempotency-Key.`;
      reject(new AmusedError("unavailable", message, { retryAfter: 5 }));
    }, ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
