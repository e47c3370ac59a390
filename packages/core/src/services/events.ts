import { formatCursor, parseCursor } from "../domain/cursor.ts";
import { encodedText } from "../domain/encoded.ts";
import { eventQuerySchema, maxPayloadBytes, newEventSchema, subscriptionSchema } from "../domain/event.ts";
import { faults, parse } from "../domain/parse.ts";
import { AmusedError, invalidRequest, notFound } from "../errors.ts";
import type { Repositories } from "../ports/repositories.ts";
import { answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import type { Services, StreamCounters } from "./services.ts";
import type { Dispatcher } from "./stream/dispatcher.ts";
import { lost } from "./stream/lost.ts";

/** The log: what happened, in the one order in which every reader sees it. */
export function eventsService(
  deps: Deps & { dispatcher: Dispatcher; counters: StreamCounters },
): Services["events"] {
  const { repositories } = deps;
  return {
    async list(context, input) {
      checkSees(context);
      const { after, types, productId, limit } = parse(eventQuerySchema, input);
      const asked = after === undefined || after === "start" ? null : parseCursor(after, "after");
      if (productId !== undefined) await checkProduct(repositories, context.sellerId, productId);
      const request = { after: asked?.seq ?? 0, limit, types: types ?? null, productId: productId ?? null };
      const run = (await repositories.events.read(context.sellerId, request)) ?? {
        ...(await repositories.events.open(context.sellerId, deps.epoch())),
        ...{ head: 0, oldest: 1, events: [] },
      };
      const reason = asked === null ? null : lost(asked, run);
      const { epoch, head, oldest, events } = run;
      if (reason !== null) {
        const oldestHeld = formatCursor({ epoch, seq: oldest - 1 });
        const message = `The cursor can not be served (${reason}). Load afresh, or go on from ${oldestHeld}.`;
        throw new AmusedError("cursor_expired", message, { reason, oldest: oldestHeld });
      }
      // A page that is not full has been read to the head, also where the filter let nothing through.
      const seq = events.length === limit ? (events.at(-1)?.seq ?? head) : Math.max(head, asked?.seq ?? 0);
      const nextCursor = formatCursor({ epoch, seq });
      return {
        body: encodedText(
          `{"items":[${events.map(({ text }) => text).join(",")}],"nextCursor":${JSON.stringify(nextCursor)}}`,
        ),
        cursor: formatCursor({ epoch, seq: head }),
        revision: null,
        replayed: false,
      };
    },

    async publish(context, input) {
      const { type, productId, payload } = parse(newEventSchema, input);
      const schema = Object.hasOwn(deps.customEvents, type) ? deps.customEvents[type] : undefined;
      const checked = schema?.safeParse(payload);
      if (schema !== undefined && checked?.success === false)
        throw invalidRequest(
          faults(checked.error.issues, schema).map((fault) => ({
            ...fault,
            path: fault.path === "" ? "payload" : `payload.${fault.path}`,
          })),
        );
      const fact = checked?.data ?? payload;
      if (Buffer.byteLength(JSON.stringify(fact)) > maxPayloadBytes)
        throw new AmusedError("payload_too_large", "payload must be at most 64 KB of JSON.", {
          limit: maxPayloadBytes,
        });
      const draft = { type, productId: productId ?? null, payload: fact };
      const answer = answerWritten(
        deps,
        context.sellerId,
        await repositories.events.append(commandOf(deps, context), [draft]),
      );
      // The repository answers with a list, of which this is the only item.
      return { ...answer, body: encodedText(answer.body.text.slice(1, -1)) };
    },

    async stream(context, subscription, reader) {
      const { types, productId, from } = parse(subscriptionSchema, subscription);
      if (productId !== undefined) await checkProduct(repositories, context.sellerId, productId);
      return deps.dispatcher.follow(context.sellerId, from, { types, productId }, reader);
    },

    counters: deps.counters,
  };
}

/** A filter may name a deleted product, whose events stay; never one of another seller. */
export async function checkProduct(
  repositories: Repositories,
  sellerId: string,
  productId: number,
): Promise<void> {
  const page = { limit: 1, after: null };
  if ((await repositories.stock.movements(sellerId, productId, page)) === null)
    throw notFound("product", productId);
}
