import { messageOf, oneLine, Refusal } from "./fail.ts";

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
  const shop = createClient({ baseUrl: flags.url, apiKey, fetch: saidWhenLost(flags.url) });
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

/** `fetch` that says when nobody answers, once until somebody does: the client goes on trying, and says nothing. */
function saidWhenLost(url: string): (request: Request) => Promise<Response> {
  let said = false;
  return async (request) => {
    try {
      const response = await fetch(request);
      said = false;
      return response;
    } catch (error) {
      const { cause = error } = error as Error;
      if (!said && !request.signal.aborted)
        console.error(`Can not reach ${url} (${oneLine(messageOf(cause as Error))}); keeps trying.`);
      said = true;
      throw error;
    }
  };
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
