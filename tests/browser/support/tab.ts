import { createClient } from "@amused/client";

/** What a test looks at. */
declare global {
  var seen: (number | string)[];
  var names: () => Promise<string[]>;
}

// A page of a host: it knows where the server is and which seller it is for, and asks its own site for tokens.
const query = new URLSearchParams(location.search);
const baseUrl = query.get("api") ?? "";
const shop = createClient({
  baseUrl,
  token: async () => {
    const answer = await fetch(`/token?seller=${query.get("seller")}`);
    if (!answer.ok) throw new Error("no token");
    return answer.text();
  },
  reconnect: { minDelay: 100, maxDelay: 1_000, watchdog: Number(query.get("watchdog") ?? 35_000) },
});

globalThis.seen = [];
globalThis.names = async () => {
  const reader = createClient({ baseUrl, apiKey: query.get("key") ?? "" });
  return Array.fromAsync(reader.products.list(), ({ name }) => name);
};

// Kept by hand, so that a page that is loaded again goes on where it was.
const kept = query.has("keep") ? sessionStorage.getItem("cursor") : null;
for await (const event of shop.events.subscribe({ from: kept ?? "start" })) {
  if ("seq" in event) sessionStorage.setItem("cursor", event.id);
  globalThis.seen.push("seq" in event ? event.seq : event.type);
}
