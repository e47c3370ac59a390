import { z } from "zod";
import {
  type ConsumerProgress,
  consumerNameSchema,
  type DeadLetter,
  type ReplayProgress,
} from "../../domain/consumer.ts";
import { formatCursor, parseCursor } from "../../domain/cursor.ts";
import { type PageBody, pageQuery } from "../../domain/page.ts";
import { parse } from "../../domain/parse.ts";
import { idSchema, sellerIdSchema } from "../../domain/seller.ts";
import { AmusedError, invalidRequest, notFound } from "../../errors.ts";
import type { ConsumerRepository, LetterSelection } from "../../ports/consumers.ts";
import type { EventRepository } from "../../ports/repositories.ts";
import { pageOf, positionOf } from "../pages.ts";
import { lost } from "../stream/lost.ts";

const whose = { consumer: consumerNameSchema.optional(), sellerId: sellerIdSchema.optional() };
const listSchema = z.strictObject({ ...whose, ...pageQuery });
const selectionSchema = z
  .strictObject({ ...whose, id: idSchema.optional() })
  .refine((selection) => Object.values(selection).some((value) => value !== undefined), {
    message: "must say which: an id, a consumer or a seller",
  });
const replaySchema = z.strictObject({ sellerId: sellerIdSchema.optional(), from: z.string().max(200) });

export interface ConsumerUpkeep {
  progress(query: unknown): Promise<PageBody<ConsumerProgress>>;
  letters(query: unknown): Promise<PageBody<DeadLetter>>;
  redrive(selection: unknown): Promise<number>;
  discard(selection: unknown): Promise<number>;
  replay(name: string, options: unknown): Promise<number>;
  replayed(name: string, sellerId: string | null): Promise<ReplayProgress>;
}

/** What people do about consumers: look at them, set them back, and see to what they gave up on. */
export function consumerUpkeep({
  consumers,
  events,
  now,
}: {
  consumers: ConsumerRepository;
  events: Pick<EventRepository, "read">;
  now: () => Date;
}): ConsumerUpkeep {
  function selectionOf(input: unknown): LetterSelection {
    const { id, consumer, sellerId } = parse(selectionSchema, input);
    return { id: id ?? null, consumer: consumer ?? null, sellerId: sellerId ?? null };
  }

  /** The `seq` of a cursor that can be gone on from. */
  async function seqOf(sellerId: string, cursor: string): Promise<number> {
    const position = parseCursor(cursor, "from");
    const run = await events.read(sellerId, { after: position.seq, limit: 1, types: null, productId: null });
    if (run === null) throw notFound("seller", sellerId);
    const reason = lost(position, run);
    if (reason === null) return position.seq;
    const oldest = formatCursor({ epoch: run.epoch, seq: run.oldest - 1 });
    const message = `The cursor can not be served (${reason}). The oldest that can is ${oldest}.`;
    throw new AmusedError("cursor_expired", message, { reason, oldest });
  }

  return {
    async progress(input) {
      const { limit, cursor, consumer = null, sellerId = null } = parse(listSchema, input);
      const filters = ["consumers", consumer, sellerId];
      const page = { limit, after: positionOf(cursor, filters) };
      return pageOf(await consumers.progress({ consumer, sellerId }, page), filters).value;
    },

    async letters(input) {
      const { limit, cursor, consumer = null, sellerId = null } = parse(listSchema, input);
      const filters = ["dead letters", consumer, sellerId];
      const page = { limit, after: positionOf(cursor, filters) };
      return pageOf(await consumers.letters({ id: null, consumer, sellerId }, page), filters).value;
    },

    async redrive(input) {
      const selection = selectionOf(input);
      const count = await consumers.redrive(selection, now());
      if (count > 0 || selection.id === null) return count;
      const { body } = await consumers.letters(selection, { limit: 1, after: null });
      if (body.value.length === 0) throw notFound("dead letter", selection.id);
      const message = `Dead letter ${selection.id} holds no event: it tells of events never seen. Use a replay.`;
      throw new AmusedError("conflict", message, {});
    },

    async discard(input) {
      const selection = selectionOf(input);
      const count = await consumers.discard(selection);
      if (count === 0 && selection.id !== null) throw notFound("dead letter", selection.id);
      return count;
    },

    async replay(name, input) {
      const { sellerId = null, from } = parse(replaySchema, input);
      parse(consumerNameSchema, name, "name");
      const word = from === "start" || from === "now";
      if (!word && sellerId === null)
        throw invalidRequest([
          { path: "sellerId", message: "is required with a cursor, which is one seller's" },
        ]);
      const to = word ? from : await seqOf(sellerId ?? "", from);
      const sellers = await consumers.rewind(name, { sellerId, to, at: now() });
      if (sellers === null) throw notFound("consumer", name);
      if (sellers === 0 && sellerId !== null) throw notFound("seller", sellerId);
      return sellers;
    },

    replayed: (name, sellerId) => consumers.replayed(name, sellerId),
  };
}
