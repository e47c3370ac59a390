import { setTimeout as sleep } from "node:timers/promises";
import type { StreamReset } from "@amused/core";
import type { LogEvent, Random, ReaderLog } from "@amused/testkit";
import type { Shop } from "./connect.ts";

/**
 * How somebody reads. `steady` follows one stream, `slow` stops to think, `returning` is a process that ends and is started
 * again where it was, with a client of its own each time, and `feed` asks for page after page.
 */
export type Style = "steady" | "slow" | "returning" | "feed";

export interface ReaderPlan {
  name: string;
  style: Style;
  filter?: ReaderLog["filter"];
  /** Where it begins; the oldest event, when not said. */
  from?: "start" | "now";
}

export interface Reader {
  log: ReaderLog;
  /** Ended by the signal, or broken. */
  done: Promise<void>;
}

/** Reads until the signal aborts and notes what it sees. */
export function startReader(
  { name, style, filter = {}, from = "start" }: ReaderPlan,
  connect: () => Shop,
  random: Random,
  stop: AbortSignal,
): Reader {
  const log: ReaderLog = {
    ...{ name, filter, after: from === "start" ? 0 : null, until: 0 },
    ...{ seen: [], resets: [] },
  };

  function note(event: LogEvent | StreamReset): void {
    if ("seq" in event) log.seen.push(event);
    else log.resets.push(event.payload.reason);
  }

  /** One subscription from where this reader is, until the signal aborts. */
  async function follow(signal: AbortSignal): Promise<void> {
    const position = log.seen.at(-1)?.id ?? (from === "start" ? from : undefined);
    const subscription = { ...filter, ...(position !== undefined && { from: position }), signal };
    for await (const event of connect().events.subscribe(subscription)) {
      note(event);
      if (style === "slow" && random.next() < 0.04) await sleep(random.int(50, 400));
    }
  }

  async function comeAndGo(): Promise<void> {
    while (!stop.aborted) {
      await follow(AbortSignal.any([stop, AbortSignal.timeout(random.int(50, 900))]));
      await sleep(random.int(0, 200));
    }
  }

  async function page(): Promise<void> {
    const shop = connect();
    let after = "start";
    while (!stop.aborted) {
      const limit = random.int(1, 40);
      // What gets no answer is asked for again.
      const answer = await shop.events.list({ ...filter, after, limit }).catch(unlessUnavailable);
      for (const event of answer?.items ?? []) note(event);
      if (answer !== undefined) after = answer.nextCursor;
      if (answer === undefined || answer.items.length < limit) await sleep(random.int(20, 100));
    }
  }

  const read = style === "feed" ? page : style === "returning" ? comeAndGo : () => follow(stop);
  return { log, done: read() };
}

function unlessUnavailable(error: Error): undefined {
  if (!("code" in error) || error.code !== "unavailable") throw error;
}
