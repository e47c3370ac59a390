import type { CustomEvents, Events, Subscription } from "@amused/core";
import type { Http } from "../http/http.ts";
import type { ClientOptions } from "../options.ts";
import { subscribe } from "../stream/subscribe.ts";

export function events<Custom extends CustomEvents>(
  http: Http,
  options: Omit<ClientOptions, "events">,
): Events<Custom> {
  const alone = (subscription?: Subscription<string>) => subscribe(http, options.reconnect, subscription);
  let share: Promise<typeof alone> | undefined;

  /** Over the stream that all tabs share; alone where its code can not be had, as after a release that removed it. */
  async function* shared(subscription?: Subscription<string>) {
    share ??= import("../tabs/share.ts").then(
      ({ shareStream }) => shareStream(http, subscribe, options),
      () => alone,
    );
    yield* (await share)(subscription);
  }

  // What else sharing takes is found out by trying, in code that others do not load.
  const open = options.shareStream === false || typeof document === "undefined" ? alone : shared;

  // Which events a filter lets through is the compiler's knowledge alone; what comes is the server's word for it.
  return {
    list: (query, options) => http.send("GET", "/events", { ...options, query }),
    publish: (json, options) => http.send("POST", "/events", { ...options, json }),
    subscribe(subscription: Subscription<string> = {}) {
      const left = new AbortController();
      const { signal = left.signal } = subscription;
      const stream = open({ ...subscription, signal: AbortSignal.any([signal, left.signal]) });
      const leave = stream.return.bind(stream);
      // By itself a generator that waits is left at its next event, and holds the connection until then.
      stream.return = (value) => {
        left.abort();
        return leave(value);
      };
      return stream;
    },
  } as Events<Custom>;
}
