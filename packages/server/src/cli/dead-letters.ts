import { type DeadLetter, idSchema } from "@amused/core";
import { type ConsumerFlags, chosen, counted, withConsumer } from "./consumers.ts";
import { oneLine, Refusal } from "./fail.ts";

/** `amused dead-letters list`: what consumers gave up on, newest first. */
export async function listDeadLetters(flags: ConsumerFlags): Promise<void> {
  await withConsumer(flags, async (amused) => {
    for await (const letter of amused.events.deadLetters.list({ limit: 200, ...chosen(flags) }))
      console.log(flags.json ? JSON.stringify(letter) : lineOf(letter));
  });
}

/** `amused dead-letters redrive`: has events handled once more, by whichever process runs their consumer. */
export async function redriveDeadLetters(id: string | undefined, flags: ConsumerFlags): Promise<void> {
  const selection = selected(id, flags);
  const redriven = await withConsumer(flags, (amused) => amused.events.deadLetters.redrive(selection));
  console.log(
    flags.json
      ? JSON.stringify({ redriven })
      : `${counted(redriven, "dead letter")} will be handled once more.`,
  );
}

/** `amused dead-letters discard`: takes them away for good. */
export async function discardDeadLetters(id: string | undefined, flags: ConsumerFlags): Promise<void> {
  const selection = selected(id, flags);
  const discarded = await withConsumer(flags, (amused) => amused.events.deadLetters.discard(selection));
  console.log(
    flags.json
      ? JSON.stringify({ discarded })
      : `${counted(discarded, "dead letter")} ${discarded === 1 ? "is" : "are"} gone.`,
  );
}

function selected(id: string | undefined, flags: ConsumerFlags) {
  if (id === undefined && flags.consumer === undefined && flags.seller === undefined)
    throw new Refusal("Say which: the number of one, --consumer or --seller.");
  if (id === undefined) return chosen(flags);
  const { success, data } = idSchema.safeParse(Number(id));
  if (!success)
    throw new Refusal(
      `A dead letter is named by its number, as in "amused dead-letters list"; ${id} is none.`,
    );
  return { ...chosen(flags), id: data };
}

function lineOf({
  id,
  consumer,
  sellerId,
  reason,
  until,
  after,
  event,
  attempts,
  error,
  failedAt,
  redriveAt,
}: DeadLetter<{
  type: string;
}>): string {
  const what = event === null ? `never saw what is after ${after} up to ${until}` : `${event.type} ${until}`;
  const waits = redriveAt === null ? "" : "  will be handled once more";
  return `${id}  ${failedAt}  ${consumer}  ${sellerId}  ${reason}: ${what}, ${counted(attempts, "attempt")}: ${oneLine(error)}${waits}`;
}
