import type { StreamReset, Subscription } from "@amused/core";
import type { Http } from "../http/http.ts";
import type { ClientOptions } from "../options.ts";
import type { subscribe as Subscribe } from "../stream/subscribe.ts";
import { shareName } from "./name.ts";
import { createTab, type Tab } from "./tab.ts";
import { type AnyEvent, createTail } from "./tail.ts";

/**
 * Subscriptions over one stream for all tabs of an origin that are of the same seller. Each sees what `subscribe` would
 * show it, and that is also what it falls back on wherever something stands in the way of sharing. It is handed in, so
 * that bundlers leave it where the page has it already.
 */
export function shareStream(
  http: Http,
  subscribe: typeof Subscribe,
  { baseUrl, seller, reconnect }: Pick<ClientOptions, "baseUrl" | "seller" | "reconnect">,
): (subscription?: Subscription<string>) => AsyncGenerator<AnyEvent | StreamReset, void, undefined> {
  const tabs = new Map<string, Tab>();
  const nameNow = async () => shareName(baseUrl, seller, await http.credential());

  /** Tells when the credential was renewed, and for another seller: what comes then is not for the tabs of this name. */
  const watched = (name: string | undefined, onSwitch: () => void): Http => ({
    ...http,
    async open(...call) {
      const response = await http.open(...call);
      if ((await nameNow().catch(() => undefined)) !== name) onSwitch();
      return response;
    },
  });

  function tabOf(name: string): Tab {
    const known = tabs.get(name);
    if (known) return known;
    const tab = createTab({
      name,
      open(from, signal, moved) {
        const switched = new AbortController();
        const guarded = watched(name, () => switched.abort());
        return subscribe(guarded, reconnect, resumed({}, from, signal, switched.signal), moved);
      },
      silence: reconnect?.watchdog ?? 35_000,
      onEnd() {
        if (tabs.get(name) === tab) tabs.delete(name);
      },
    });
    tabs.set(name, tab);
    return tab;
  }

  return async function* follow(subscription = {}) {
    const { from, types, productId, signal } = subscription;
    if (signal?.aborted) return;
    const tail = createTail((event) => passes(event, subscription));
    let position = from;
    // What asks for nothing can not be refused. All else opens a stream first, for the server's own word on it.
    let accepted = from === undefined && types === undefined && productId === undefined;
    let wake = () => {};
    const stop = () => wake();
    let tab: Tab | undefined;
    let leave = () => {};

    /** Whether it goes on with what is heard from the leader, or is to be. */
    function joins(): boolean {
      if (!accepted || !tab || tab.over) return false;
      position ??= tail.base;
      return position === undefined || tail.continues(position);
    }

    signal?.addEventListener("abort", stop);
    try {
      // A credential that can not be had says nothing; the stream waits for it.
      const name = await new Promise<string | undefined>((resolve) => {
        wake = () => resolve(undefined);
        nameNow().then(resolve, wake);
      });
      if (name) {
        tab = tabOf(name);
        leave = tab.join((said) => {
          if (said) tail.hear(said);
          wake();
        });
      }
      while (!signal?.aborted) {
        if (joins()) {
          const event = tail.take();
          if (event) {
            http.saw(event.id);
            yield event;
            position = event.id;
          } else {
            position = tail.end;
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          continue;
        }
        // By a stream of its own, until what it has seen and what it hears join.
        const joined = new AbortController();
        wake = () => {
          if (joins()) joined.abort();
        };
        yield* subscribe(
          watched(name, () => {
            tab = undefined;
            leave();
          }),
          reconnect,
          resumed(subscription, position, signal, joined.signal),
          (cursor) => {
            position = cursor;
            accepted = true;
            wake();
          },
        );
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      leave();
    }
  };
}

/** The subscription from a position on, until one of the signals aborts. */
function resumed(
  { types, productId }: Subscription<string>,
  from: string | undefined,
  ...signals: (AbortSignal | undefined)[]
): Subscription<string> {
  return {
    ...(types && { types }),
    ...(productId !== undefined && { productId }),
    ...(from !== undefined && { from }),
    signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
  };
}

/** What the server's filter lets through. */
function passes(event: AnyEvent, { types, productId }: Subscription<string>): boolean {
  if (productId !== undefined && event.productId !== productId) return false;
  if (types === undefined) return true;
  return types.some((type) =>
    type.endsWith(".*") ? event.type.startsWith(type.slice(0, -1)) : event.type === type,
  );
}
