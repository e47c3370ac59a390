import { randomUUID } from "node:crypto";
import type { Claim, ConsumerRepository } from "../../ports/consumers.ts";
import { type Task, type TurnDeps, takeTurn } from "./turn.ts";

/** How many sellers with news are remembered; beyond them all are looked at. */
const rememberedHints = 1_000;

export interface ConsumerDeps extends TurnDeps {
  consumers: ConsumerRepository;
}

/** A seller that is being worked on. */
interface Running {
  token: string;
  until: number;
  lost: AbortController;
  ended: Promise<void>;
}

/** One consumer in this process: finds sellers with news, and takes turns with some of them at once. */
export interface Consumer {
  /** Something of this seller may have happened; of anybody, when not said. */
  wake(sellerId?: string): void;
  resume(): void;
  /** Claims nothing more, and waits until what is in flight has ended. */
  pause(): Promise<void>;
  /** Waits no longer for what is in flight: handlers are told by their signal, leases run out by themselves. */
  abandon(): void;
  readonly registered: Promise<void>;
}

export function consumer(deps: ConsumerDeps, name: string, task: Task): Consumer {
  const { consumers, now, onError, timing } = deps;
  const { settings } = task;
  const running = new Map<string, Running>();
  const hinted = new Set<string>();
  const known = Promise.withResolvers<void>();
  let registered = false;
  let lookAtAll = true;
  let paused = true;
  /** Set while a claim has not succeeded, so that after a failure the next one waits for the poll. */
  let failing = false;
  let working: Promise<void> | null = null;
  let poll: ReturnType<typeof setInterval> | null = null;
  let renewal: ReturnType<typeof setInterval> | null = null;
  /** Renewals that the store has not answered yet. */
  let renewals = 0;
  const retries = new Set<ReturnType<typeof setTimeout>>();

  function wake(sellerId?: string): void {
    if (sellerId === undefined || hinted.size >= rememberedHints) lookAtAll = true;
    else hinted.add(sellerId);
    pump();
  }

  /** Claims as long as there is news and room; one claim at a time. */
  function pump(): void {
    if (working !== null || paused) return;
    working = claimAll()
      .catch(onError)
      .finally(() => {
        working = null;
        if (wanted() !== null && !failing) pump();
      });
  }

  /** Whom to look at, `"all"` or some; `null` when there is no reason to look, or no room. */
  function wanted(): "all" | string[] | null {
    if (paused || running.size >= settings.concurrency) return null;
    if (lookAtAll) return "all";
    const some = [...hinted].filter((sellerId) => !running.has(sellerId)).slice(0, 100);
    return some.length === 0 ? null : some;
  }

  async function claimAll(): Promise<void> {
    failing = true;
    if (!registered) {
      await consumers.register(name, settings.from, now());
      registered = true;
      known.resolve();
    }
    for (let among = wanted(); among !== null; among = wanted()) {
      if (among === "all") lookAtAll = false;
      else for (const sellerId of among) hinted.delete(sellerId);
      const limit = settings.concurrency - running.size;
      const token = randomUUID();
      const at = now();
      const until = new Date(at.getTime() + timing.leaseMs);
      const request = { consumer: name, among: among === "all" ? null : among, except: [...running.keys()] };
      const claims = await consumers
        .claim({ ...request, limit, token, at, until })
        .catch((error: unknown) => {
          lookAtAll = true;
          throw error;
        });
      // There may be more than there was room for.
      if (claims.length === limit) {
        if (among === "all") lookAtAll = true;
        else for (const sellerId of among) hinted.add(sellerId);
      }
      for (const claim of claims) begin(claim, token, until.getTime());
    }
    failing = false;
  }

  function begin(claim: Claim, token: string, until: number): void {
    const { sellerId } = claim;
    const lost = new AbortController();
    hinted.delete(sellerId);
    const turn = takeTurn(deps, task, { sellerId, consumer: name, token }, claim, {
      signal: lost.signal,
      stopping: () => paused,
    });
    const ended = turn
      .then((end) => {
        if (end === "more") hinted.add(sellerId);
        // What waits for longer is found by the poll.
        else if (typeof end === "object" && end.retryMs < timing.pollMs) later(sellerId, end.retryMs);
      }, onError)
      .then(() => {
        running.delete(sellerId);
        if (running.size === 0) stopRenewing();
        pump();
      });
    running.set(sellerId, { token, until, lost, ended });
    renewal ??= setInterval(renew, timing.leaseMs / 3);
  }

  function later(sellerId: string, ms: number): void {
    const timer = setTimeout(() => {
      retries.delete(timer);
      wake(sellerId);
    }, ms + 1);
    retries.add(timer);
  }

  async function renew(): Promise<void> {
    if (renewals > 0) expire();
    const leases = [...running].map(([sellerId, { token }]) => ({ sellerId, token }));
    const at = now();
    const until = new Date(at.getTime() + timing.leaseMs);
    let held: string[];
    renewals++;
    try {
      held = await consumers.renew(name, leases, until);
    } catch (error) {
      expire();
      return onError(error);
    } finally {
      renewals--;
    }
    for (const { sellerId, token } of leases) {
      const one = running.get(sellerId);
      if (one?.token !== token) continue;
      if (held.includes(sellerId)) one.until = until.getTime();
      else one.lost.abort(new Error("The lease was lost."));
    }
  }

  /** Somebody else may have by now, or soon, what could not be renewed in time. */
  function expire(): void {
    for (const { until, lost } of running.values())
      if (until <= now().getTime()) lost.abort(new Error("The lease was lost."));
  }

  function stopRenewing(): void {
    if (renewal !== null) clearInterval(renewal);
    renewal = null;
  }

  return {
    wake,
    registered: known.promise,
    resume() {
      if (!paused) return;
      paused = false;
      lookAtAll = true;
      // It keeps the process alive: a worker may have nothing else to wait for.
      poll = setInterval(() => wake(), timing.pollMs);
      pump();
    },
    async pause() {
      paused = true;
      if (poll !== null) clearInterval(poll);
      for (const timer of retries) clearTimeout(timer);
      retries.clear();
      await working;
      while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
    },
    abandon() {
      stopRenewing();
      for (const { lost } of running.values()) lost.abort(new Error("The system was closed."));
    },
  };
}
