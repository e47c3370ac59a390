import type { ReplayProgress } from "@amused/core";
import { type ConsumerFlags, settingsOf } from "./consumers.ts";
import { withAmused } from "./house.ts";
import { blank, screen } from "./screen.ts";

export interface ReplayFlags extends ConsumerFlags {
  consumer: string;
  from: string;
  wait: boolean;
}

/** `amused replay`: sets a consumer back on the store itself, and shows how the processes that run it catch up. */
export async function replay({ consumer, seller, from, wait, json, ...flags }: ReplayFlags): Promise<void> {
  const settings = settingsOf(flags);
  const show = json ? blank : screen();
  await withAmused(settings, async (amused) => {
    const options = { from, ...(seller !== undefined && { sellerId: seller }) };
    const asked = await amused.events.replay(consumer, options);
    show.line(
      `${consumer} goes on from ${from} with ${asked.sellers} ${asked.sellers === 1 ? "seller" : "sellers"}.`,
    );
    // While this process has the folder of an embedded database, no other can have a consumer on it.
    const alone = settings.DATABASE_URL === undefined;
    if (alone) show.line("It does so when the process that runs it is started again.");
    let last: ReplayProgress | null = null;
    if (wait && !alone)
      await show.step(
        "replay",
        async (progress) => {
          for await (last of asked) {
            if (json) console.log(JSON.stringify(last));
            progress(`${last.done.toLocaleString("en")} of ${last.total.toLocaleString("en")} events`);
          }
        },
        () => "caught up",
      );
    if (json && last === null) console.log(JSON.stringify({ sellers: asked.sellers }));
  });
}
