import type { StreamReset } from "@amused/core";
import { type AnyEvent, createTail, cursorOf, type Said } from "./tail.ts";

/** A tab's part in a share: it hears the leader, and is the leader while it holds the lock. */
export interface Tab {
  /** There is nothing more to hear: the stream was refused, or the browser does not let this page share. */
  readonly over: boolean;
  /** Is told what the leader says, and (with nothing) of the end. With its last listener the tab leaves the share. */
  join(listener: (said?: Said) => void): () => void;
}

export interface TabOptions {
  /** The name of the share. */
  name: string;
  /** All events from a position on, for the leader; it ends by itself where it must not go on. */
  open(
    from: string | undefined,
    signal: AbortSignal,
    moved: (cursor: string) => void,
  ): AsyncIterable<AnyEvent | StreamReset>;
  /** After so many milliseconds a leader that does not answer is taken for dead. */
  silence: number;
  onEnd(): void;
}

/** What listeners say to the leader, and it answers with where it is. */
const ask = null;

/**
 * Leads when it gets the lock of the share's name, which the browser hands on when a leader closes or crashes. A leader
 * that holds it and does not answer is robbed of it.
 */
export function createTab({ name, open, silence, onEnd }: TabOptions): Tab {
  const listeners = new Set<(said?: Said) => void>();
  const heard = createTail(() => false);
  let over = false;
  let leave: (() => void) | undefined;

  /** Says what the stream brings, until the signal aborts. */
  async function lead(signal: AbortSignal): Promise<void> {
    // Not the channel on which this tab hears: so it hears itself, as all others do.
    const channel = new BroadcastChannel(name);
    let position = heard.end;
    const say = (said: Said = "") => channel.postMessage(said);
    // Answered, and not said every so often, because timers are slowed down in a tab that is hidden.
    channel.onmessage = ({ data }) => data === ask && say(position);
    say(position);
    const moved = (cursor: string) => {
      if (cursor !== position) say(cursor);
      position = cursor;
    };
    try {
      for await (const one of open(position, signal, moved)) {
        if (signal.aborted) return;
        position = cursorOf(one);
        say(one);
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
    let unanswered = 0;
    channel.onmessage = ({ data }: MessageEvent<Said | typeof ask>) => {
      if (data === ask) return;
      unanswered = 0;
      heard.hear(data);
      for (const listener of listeners) listener(data);
    };
    channel.postMessage(ask);
    const watchdog = setInterval(() => {
      if (leads) return;
      channel.postMessage(ask);
      if (unanswered++ < 3) return;
      unanswered = 0;
      steal = true;
      attempt.abort();
    }, silence / 4);

    async function compete(): Promise<void> {
      while (!left) {
        attempt = new AbortController();
        const { signal } = attempt;
        const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
        const options = steal ? { steal } : { signal };
        steal = false;
        try {
          await navigator.locks.request(name, options, () => {
            leads = true;
            return Promise.race([lead(signal), stopped]);
          });
          if (!left) end();
        } catch (error) {
          // Otherwise this attempt was ended, or the lock was taken from us, who did not answer.
          if (!left && (error as Error).name !== "AbortError") end();
        }
        leads = false;
        attempt.abort();
      }
    }
    // Not before this part can be left: where there are no locks at all, it ends at once.
    queueMicrotask(compete);

    return () => {
      left = true;
      attempt.abort();
      clearInterval(watchdog);
      channel.close();
    };
  }

  function end() {
    over = true;
    pause();
    onEnd();
    for (const listener of listeners) listener();
  }

  function pause() {
    leave?.();
    leave = undefined;
  }

  function resume() {
    try {
      if (!over) leave ??= enter();
    } catch {
      end();
    }
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
      listener(heard.end);
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
