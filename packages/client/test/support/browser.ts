import { vi } from "vitest";
import type { Said } from "../../src/tabs/tail.ts";

const { BroadcastChannel: Channel } = globalThis;

/**
 * What a page has and Node has not, for one test; what Node has too (locks, channels) is real. Knows what is held, so
 * that a test can ask whether something was left behind, and loses the messages that a test wants lost.
 */
export function stubBrowser() {
  const listeners = new Set<string>();
  const page = new EventTarget();
  const channels = new Set<unknown>();
  const timers = new Set<unknown>();
  const state = { lose: (_: Said): boolean => false, lost: 0 };
  const { setInterval, clearInterval } = globalThis;

  vi.stubGlobal("document", {});
  vi.stubGlobal("addEventListener", (type: string, listener: () => void) => {
    listeners.add(type);
    page.addEventListener(type, listener);
  });
  vi.stubGlobal("removeEventListener", (type: string, listener: () => void) => {
    listeners.delete(type);
    page.removeEventListener(type, listener);
  });
  vi.stubGlobal("setInterval", (...call: Parameters<typeof setInterval>) => {
    const timer = setInterval(...call);
    // The server in the same process has one of its own, once a second.
    if (call[1] !== 1_000) timers.add(timer);
    return timer;
  });
  vi.stubGlobal("clearInterval", (timer: ReturnType<typeof setInterval>) => {
    timers.delete(timer);
    clearInterval(timer);
  });
  vi.stubGlobal(
    "BroadcastChannel",
    class extends Channel {
      constructor(name: string) {
        super(name);
        channels.add(this);
      }
      override postMessage(said: Said) {
        if (state.lose(said)) state.lost++;
        else super.postMessage(said);
      }
      override close() {
        channels.delete(this);
        super.close();
      }
    },
  );
  return {
    state,
    /** An event of the page's life. */
    happens: (type: string) => page.dispatchEvent(new Event(type)),
    held: () => ({ listeners: listeners.size, channels: channels.size, timers: timers.size }),
  };
}
