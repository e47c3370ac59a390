import { pause } from "./pause.ts";

/** Rests for so many times as long as the event loop was kept busy … */
const restFactor = 4;
/** … and for this share of the time that it took, which others worked: a thread, a database. */
const restShare = 0.1;

/**
 * Does background work, and rests after it in proportion to what it took of this process's event loop: a fifth of it at
 * most. What waits for a thread or a database meanwhile takes little; where they are in this very process, or where it has
 * much else to do, it takes all, and so the work gives way.
 */
export async function throttled<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const before = busyMs();
  const done = await work();
  const took = performance.now() - from;
  const busy = Math.min(took, before === null ? took : (busyMs() ?? 0) - before);
  await pause(Math.max(busy * restFactor, took * restShare), signal);
  return done;
}

/** Milliseconds that the event loop has been busy; `null` where nobody counts them. */
function busyMs(): number | null {
  const { eventLoopUtilization } = performance as { eventLoopUtilization?: () => { active: number } };
  const active = eventLoopUtilization?.call(performance).active ?? 0;
  return active > 0 ? active : null;
}
