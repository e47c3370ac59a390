import { type Amused, type ConsumerProgress, notFound } from "@amused/core";
import { oneLine } from "./fail.ts";
import { withData } from "./house.ts";
import { readSettings } from "./settings.ts";

export interface ConsumerFlags {
  consumer?: string;
  seller?: string;
  json?: boolean;
  data?: string;
}

/** `amused consumers`: where the consumers of the log stand. */
export async function listConsumers(flags: ConsumerFlags): Promise<void> {
  await withConsumer(flags, async (amused) => {
    for await (const row of amused.events.consumers({ limit: 200, ...chosen(flags) }))
      console.log(flags.json ? JSON.stringify(row) : lineOf(row));
  });
}

/** Opens the store for a command; a consumer that is not there is refused, so that a typing error does not look like all is well. */
export function withConsumer<T>(flags: ConsumerFlags, work: (amused: Amused) => Promise<T>): Promise<T> {
  return withData(settingsOf(flags), async (amused) => {
    const { consumer } = flags;
    if (consumer !== undefined && (await amused.events.consumers({ consumer, limit: 1 })).items.length === 0)
      throw notFound("consumer", consumer);
    return work(amused);
  });
}

/** What the flags choose, as the interface asks for it. */
export function chosen({ consumer, seller }: ConsumerFlags): { consumer?: string; sellerId?: string } {
  return { ...(consumer !== undefined && { consumer }), ...(seller !== undefined && { sellerId: seller }) };
}

export function settingsOf({ data }: ConsumerFlags) {
  return readSettings({ AMUSED_DATA: data }, process.env);
}

function lineOf(row: ConsumerProgress): string {
  const { consumer, sellerId, position, head, lag, attempts, error, retryAt, deadLetters } = row;
  const failing =
    attempts === 0
      ? ""
      : `  failed ${counted(attempts, "time")} (${oneLine(error ?? "its process ended")}), again ${retryAt ?? "now"}`;
  const given = deadLetters === 0 ? "" : `  ${counted(deadLetters, "dead letter")}`;
  return `${consumer}  ${sellerId}  at ${position ?? "the beginning"} of ${head}  ${lag} behind${failing}${given}`;
}

/** `1 dead letter`, `2 dead letters` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
