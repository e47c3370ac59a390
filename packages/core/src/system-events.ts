import type { ConsumeContext, ConsumedEvent, ConsumeOptions, SystemEvents } from "./consumers.ts";
import type { DeadLetter } from "./domain/consumer.ts";
import type { AmusedEvent, CustomEvents, EventFilter } from "./domain/event.ts";
import type { PageBody } from "./domain/page.ts";
import { invalidRequest } from "./errors.ts";
import { listing } from "./listing.ts";
import type { Seller } from "./seller.ts";
import type { ConsumersService } from "./services/consumers/consumers.ts";
import type { ConsumerUpkeep } from "./services/consumers/upkeep.ts";

/** How often the progress of a replay is asked for. */
const askMs = 250;

/** The log of every seller, on the services. Events are what the log holds; their types are the compiler's view of the same. */
export function systemEvents<Custom extends CustomEvents>(
  consumers: ConsumersService,
  upkeep: ConsumerUpkeep,
  seller: (id: string, actor: string) => Seller<Custom>,
): SystemEvents<Custom> {
  return {
    consume<const Filter extends EventFilter<Custom> | "*">(
      name: string,
      types: readonly Filter[],
      handler: (event: ConsumedEvent<Filter, Custom>, context: ConsumeContext<Custom>) => unknown,
      options?: ConsumeOptions,
    ) {
      if (String(name).startsWith("amused."))
        throw invalidRequest([
          { path: "name", message: "must not begin with amused., as the system's own consumers do" },
        ]);
      return consumers.consume(
        name,
        types,
        (event, context) => {
          const shop = seller(context.sellerId, `consumer:${name}`);
          return handler(event as ConsumedEvent<Filter, Custom>, { ...context, shop });
        },
        options,
      );
    },

    consumers: (query = {}) => listing(query.cursor, (cursor) => upkeep.progress({ ...query, cursor })),

    async replay(name, options) {
      const sellers = await upkeep.replay(name, options);
      consumers.wake();
      return {
        sellers,
        async *[Symbol.asyncIterator]() {
          for (;;) {
            const progress = await upkeep.replayed(name, options.sellerId ?? null);
            yield progress;
            if (progress.done >= progress.total) return;
            await new Promise((resolve) => setTimeout(resolve, askMs));
          }
        },
      };
    },

    deadLetters: {
      list: (query = {}) =>
        listing(
          query.cursor,
          (cursor) =>
            upkeep.letters({ ...query, cursor }) as Promise<PageBody<DeadLetter<AmusedEvent<Custom>>>>,
        ),
      async redrive(selection) {
        const count = await upkeep.redrive(selection);
        consumers.wake();
        return count;
      },
      discard: (selection) => upkeep.discard(selection),
    },
  };
}
