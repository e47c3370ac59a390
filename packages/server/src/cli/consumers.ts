import type { ConsumerProgress } from "@amused/core";
import { oneLine } from "./fail.ts";
import { withAmused } from "./house.ts";
import { readSettings } from "./settings.ts";

export interface ConsumerFlags {
  consumer?: string;
  seller?: string;
  json?: boolean;
  data?: string;
}

/** `amused consumers`: where the consumers of the log stand. */
export async function listConsumers(flags: ConsumerFlags): Promise<void> {
  await withAmused(settingsOf(flags), async (amused) => {
    for await (const row of amused.events.consumers({ limit: 200, ...chosen(flags) }))
      console.log(flags.json ? JSON.stringify(row) : lineOf(row));
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
      : `  failed ${attempts} times (${oneLine(error ?? "its process ended")}), again ${retryAt ?? "now"}`;
  const letters = deadLetters === 0 ? "" : `  ${deadLetters} dead letters`;
  return `${consumer}  ${sellerId}  at ${position ?? "the beginning"} of ${head}  ${lag} behind${failing}${letters}`;
}
