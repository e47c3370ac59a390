import type { Store } from "../ports/store.ts";

const hourMs = 3_600_000;
/** How long an idempotency key is kept with its answer. */
const keptMs = 24 * hourMs;

/** Forgets idempotency keys that are older than a day, once an hour. */
export function keptAnswers(
  store: Pick<Store, "prune">,
  { now, onError }: { now: () => Date; onError: (error: unknown) => void },
): { start(): Promise<void>; stop(): void } {
  let work: ReturnType<typeof setInterval> | null = null;
  const prune = () => store.prune(new Date(now().getTime() - keptMs)).then(() => {}, onError);
  return {
    async start() {
      if (work !== null) return;
      // Set before anything is waited for: a stop() or another start() may come meanwhile.
      work = setInterval(prune, hourMs);
      work.unref?.();
      await prune();
    },
    stop() {
      if (work !== null) clearInterval(work);
      work = null;
    },
  };
}
