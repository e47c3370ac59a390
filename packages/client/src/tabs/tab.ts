import type { StreamReset } from "@amused/core";
import { type AnyEvent, type Said, steps } from "./tail.ts";

/** A tab's part in a share: a listener, and the leader while it holds the lock. */
export interface Tab {
  /** Set once there is nothing more to hear: with an error that is final, or because this tab can not share. */
  readonly over: { error?: unknown } | undefined;
  /** Is told what the leader says, and of the end; the tab leaves the share with its last listener. */
  join(listener: (said?: Said) => void): () => void;
}

export interface TabOptions {
  name: string;
  /** The events of the seller from a position on, while this tab leads. It ends by itself where it must not go on. */
  open(
    from: string | undefined,
    signal: AbortSignal,
    moved: (cursor: string) => void,
  ): AsyncIterable<AnyEvent | StreamReset>;
  /** After so many milliseconds a leader that says nothing is taken for dead. */
  silence: number;
  /** The tab was left, or is over. */
  onEnd(): void;
}

/**
 * Leads when it gets the lock of the share's name, which the browser hands on when a leader closes or crashes. A leader
 * that holds it and does not answer is robbed of it.
 */
export function createTab({ name, open, silence, onEnd }: TabOptions): Tab {
  const listeners = new Set<(said?: Said) => void>();
  let at: string | undefined;
  let over: Tab["over"];
  let exit: (() => void) | undefined;

  function hear(said: Said) {
    if ("reset" in said) at = said.reset;
    const cursor = "event" in said ? said.event.id : "at" in said ? said.at : undefined;
    if (cursor) at = steps(cursor, at) > 0 ? at : cursor;
    for (const listener of listeners) listener(said);
  }

  function end(error?: unknown) {
    over = error ? { error } : {};
    pause();
    onEnd();
    for (const listener of listeners) listener();
  }

  /** Says what the stream brings, until the signal aborts. */
  async function lead(signal: AbortSignal): Promise<void> {
    // Not the channel on which this tab hears: so it hears itself as all others do.
    const channel = new BroadcastChannel(name);
    let position = at;
    const say = (said: Said) => channel.postMessage(said);
    channel.onmessage = ({ data }: MessageEvent<Said>) => {
      // Answered, not said every so often, because timers stand still in a tab that is hidden.
      if ("ask" in data) say({ at: position });
    };
    say({ at: position });
    try {
      for await (const one of open(position, signal, (cursor) => {
        if (cursor === position) return;
        position = cursor;
        say({ at: cursor });
      })) {
        if (signal.aborted) return;
        position = "id" in one ? one.id : one.payload.cursor;
        say("id" in one ? { event: one } : { reset: position });
      }
    } finally {
      channel.close();
    }
  }

  function enter(): () => void {
    const channel = new BroadcastChannel(name);
    let attempt = new AbortController();
    let left = false;
    let leads = false;
    let steal = false;
    let silent = 0;
    channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if ("ask" in data || left) return;
      silent = 0;
      hear(data);
    };
    channel.postMessage({ ask: true });
    const watchdog = setInterval(() => {
      if (leads) return;
      if (++silent < 4) return channel.postMessage({ ask: true });
      silent = 0;
      steal = true;
      attempt.abort();
    }, silence / 4);

    async function compete(): Promise<void> {
      while (!left) {
        attempt = new AbortController();
        const { signal } = attempt;
        const options = steal ? { steal } : { signal };
        steal = false;
        try {
          await navigator.locks.request(name, options, () => {
            leads = true;
            const left = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
            return Promise.race([lead(signal), left]);
          });
          if (!left) end();
        } catch (error) {
          if (left) return;
          // The end of an attempt, or the lock was stolen from us, who did not answer for so long.
          if ((error as Error).name === "AbortError") continue;
          end(error instanceof DOMException ? undefined : error);
        } finally {
          leads = false;
          attempt.abort();
        }
      }
    }
    void compete();

    return () => {
      left = true;
      attempt.abort();
      clearInterval(watchdog);
      channel.close();
    };
  }

  function pause() {
    exit?.();
    exit = undefined;
  }

  function resume() {
    if (!over) exit ??= enter();
  }

  /** A page that is put away and may come back neither leads nor hears meanwhile. */
  function watchPage(change: typeof addEventListener | typeof removeEventListener) {
    for (const type of ["pagehide", "freeze"]) change(type, pause, true);
    for (const type of ["pageshow", "resume"]) change(type, resume, true);
  }

  return {
    get over() {
      return over;
    },
    join(listener) {
      if (listeners.size === 0) {
        resume();
        watchPage(addEventListener);
      }
      listeners.add(listener);
      if (at) listener({ at });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watchPage(removeEventListener);
        pause();
        onEnd();
      };
    },
  };
}
