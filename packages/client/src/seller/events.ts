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

  async function* shared(subscription?: Subscription<string>) {
    // What can not be loaded, because the page is of a release whose files are gone, is done without.
    share ??= import("../tabs/share.ts").then(
      ({ shareStream }) => shareStream(http, subscribe, options),
      () => alone,
    );
    yield* (await share)(subscription);
  }

  const sharing = () =>
    options.shareStream !== false &&
    typeof document === "object" &&
    "locks" in navigator &&
    "BroadcastChannel" in globalThis;

  // Which events a filter lets through is the compiler's knowledge alone; what comes is the server's word for it.
  return {
    list: (query, options) => http.send("GET", "/events", { ...options, query }),
    publish: (json, options) => http.send("POST", "/events", { ...options, json }),
    subscribe: (subscription) => (sharing() ? shared : alone)(subscription),
  } as Events<Custom>;
}
