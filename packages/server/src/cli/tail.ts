import { Refusal } from "./fail.ts";

export interface TailFlags {
  url: string;
  key?: string;
  types?: string;
  from?: string;
  json?: boolean;
}

/** `amused tail`: the seller's events in the terminal, through the client, so that a dropped connection is no end. */
export async function tail(flags: TailFlags): Promise<void> {
  const apiKey = flags.key ?? process.env.AMUSED_KEY;
  if (apiKey === undefined) throw new Refusal("tail needs --key (or AMUSED_KEY).");
  const { createClient } = await import("@amused/client");
  const shop = createClient({ baseUrl: flags.url, apiKey });
  const ended = new AbortController();
  process.once("SIGINT", () => ended.abort());
  process.once("SIGTERM", () => ended.abort());
  const types = flags.types?.split(",").map((type) => type.trim());
  const events = shop.events.subscribe({
    signal: ended.signal,
    ...(types !== undefined && { types }),
    ...(flags.from !== undefined && { from: flags.from }),
  });
  if (!flags.json) console.error(`Following ${flags.url}; Ctrl-C ends it.`);
  for await (const event of events) {
    if (flags.json) console.log(JSON.stringify(event));
    else if (event.type === "stream.reset")
      console.log(`-- events were missed (${event.payload.reason}); going on from ${event.payload.cursor}`);
    else console.log(lineOf(event));
  }
}

function lineOf(event: {
  seq: number;
  type: string;
  productId: number | null;
  payload: unknown;
  createdAt: string;
}): string {
  const product = event.productId === null ? "" : ` product ${event.productId}`;
  const payload = JSON.stringify(event.payload);
  const short = payload.length > 160 ? `${payload.slice(0, 160)}…` : payload;
  return `${event.createdAt.slice(11, 23)} #${event.seq} ${event.type}${product} ${short}`;
}
