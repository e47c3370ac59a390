import {
  expectedOnFault,
  incomingChangesSchema,
  incomingQuerySchema,
  incomingReceiptSchema,
  newIncomingSchema,
} from "../domain/incoming.ts";
import { parse } from "../domain/parse.ts";
import { invalidRequest, notFound } from "../errors.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Services } from "./services.ts";

function checkExpected(expectedOn: string, now: Date): void {
  const message = expectedOnFault(expectedOn, now);
  if (message !== null) throw invalidRequest([{ path: "expectedOn", message }]);
}

/** Goods on their way, and their coming in. */
export function incomingService(deps: Deps): Services["incoming"] {
  const { repositories } = deps;
  return {
    async create(context, input) {
      const { reference = null, ...row } = parse(newIncomingSchema, input);
      const command = commandOf(deps, context);
      checkExpected(row.expectedOn, command.at);
      const written = await repositories.incoming.create(command, { ...row, reference });
      return answerWritten(deps, context.sellerId, written);
    },

    async get(context, id) {
      checkSees(context);
      const found = await repositories.incoming.find(context.sellerId, id);
      if (found === null) throw notFound("incoming stock", id);
      return answerRead(deps, context.sellerId, found);
    },

    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(incomingQuerySchema, input);
      const rows = await repositories.incoming.list(context.sellerId, {
        ...{ limit, after: positionOf(cursor, ["incoming", filters]) },
        ...{ productId: filters.productId ?? null, state: filters.state ?? null },
      });
      return answerRead(deps, context.sellerId, {
        body: pageOf(rows, ["incoming", filters]),
        head: rows.head,
      });
    },

    async update(context, id, input) {
      const edit = parse(incomingChangesSchema, input);
      const command = commandOf(deps, context);
      const { expectedOn } = edit;
      if (expectedOn !== undefined && expectedOnFault(expectedOn, command.at) !== null) {
        // What is overdue may be said again as it is, beside what changes.
        const known = (await repositories.incoming.find(context.sellerId, id))?.body.value.expectedOn;
        if (known === undefined || known !== expectedOn) checkExpected(expectedOn, command.at);
      }
      const written = await repositories.incoming.update(command, id, edit);
      return answerWritten(deps, context.sellerId, written);
    },

    async receive(context, id, input = {}) {
      const { quantity = null } = parse(incomingReceiptSchema, input);
      const written = await repositories.incoming.receive(commandOf(deps, context), id, quantity);
      return answerWritten(deps, context.sellerId, written);
    },

    async cancel(context, id) {
      const written = await repositories.incoming.cancel(commandOf(deps, context), id);
      return answerWritten(deps, context.sellerId, written);
    },
  };
}
