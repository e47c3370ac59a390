import { parseCursor, type ReplayProgress } from "@amused/core";
import { type ConsumerFlags, settingsOf } from "./consumers.ts";
import { Refusal } from "./fail.ts";
import { withData } from "./house.ts";
import { blank, screen } from "./screen.ts";

export interface ReplayFlags extends ConsumerFlags {
  consumer: string;
  from: string;
  wait: boolean;
}

/** `amused replay`: sets a consumer back on the store itself, and shows how the processes that run it catch up. */
export async function replay({ consumer, seller, from, wait, json, ...flags }: ReplayFlags): Promise<void> {
  checkFrom(from, seller);
  const settings = settingsOf(flags);
  const show = json ? blank : screen();
  await withData(settings, async (amused) => {
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

/** Says what is wrong in the words of the command line. */
function checkFrom(from: string, seller: string | undefined): void {
  if (from === "start" || from === "now") return;
  try {
    parseCursor(from, "from");
  } catch {
    throw new Refusal(`--from is start, now or a cursor of the seller's; ${from} is none of these.`);
  }
  if (seller === undefined)
    throw new Refusal("--from with a cursor needs --seller: a cursor is one seller's.");
}
