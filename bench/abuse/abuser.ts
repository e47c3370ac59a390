import { setMaxListeners } from "node:events";
import { answerOrders } from "../measure/process.ts";
import { type AbuseName, abuses } from "./kinds.ts";

// A process of its own that does what no server should suffer from.
export interface Order {
  kind: AbuseName;
  url: string;
  apiKey: string;
  forMs: number;
}

/** How often what came of it. */
export interface Done {
  outcomes: Record<string, number>;
}

answerOrders<Order, Done>(async ({ kind, url, apiKey, forMs }) => {
  const outcomes: Record<string, number> = {};
  const signal = AbortSignal.timeout(forMs);
  setMaxListeners(0, signal);
  await abuses[kind].run({ url, apiKey, signal }, (outcome) => {
    if (!signal.aborted) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  return { outcomes };
});
