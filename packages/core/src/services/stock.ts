import { z } from "zod";
import { faults, parse } from "../domain/parse.ts";
import { movementQuerySchema, stockAdjustmentSchema, stockCountSchema } from "../domain/stock.ts";
import { clockTolerance } from "../domain/time.ts";
import { invalidRequest, notFound } from "../errors.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Services } from "./services.ts";

/** Quantities on hand and their ledger. */
export function stockService(deps: Deps): Services["stock"] {
  const { repositories } = deps;
  return {
    async change(context, productId, input) {
      const { reason, expected, ...change } = readChange(input, deps.now());
      const written = await repositories.stock.change(commandOf(deps, context), {
        productId,
        change:
          "adjust" in change
            ? { delta: change.adjust }
            : { count: change.count, countedAt: change.countedAt ?? null },
        reason,
        expected: expected ?? null,
      });
      return answerWritten(deps, context.sellerId, written);
    },

    async movements(context, productId, input) {
      checkSees(context);
      const { limit, cursor } = parse(movementQuerySchema, input);
      const filters = ["movements", productId];
      const rows = await repositories.stock.movements(context.sellerId, productId, {
        limit,
        after: positionOf(cursor, filters),
      });
      if (rows === null) throw notFound("product", productId);
      return answerRead(deps, context.sellerId, { body: pageOf(rows, filters), head: rows.head });
    },
  };
}

/** Either way of changing stock, to tell what else is wrong with one that is neither or both. */
const either = z.strictObject({ ...stockAdjustmentSchema.shape, ...stockCountSchema.shape }).partial();

function readChange(input: unknown, now: Date) {
  const fields = typeof input === "object" && input !== null ? input : {};
  if ("adjust" in fields === "count" in fields) {
    const message = "adjust" in fields ? "must have adjust or count, not both" : "must have adjust or count";
    const { error } = either.safeParse(fields);
    throw invalidRequest([{ path: "", message }, ...faults(error?.issues ?? [], either)]);
  }
  if ("adjust" in fields) return parse(stockAdjustmentSchema, input);
  const count = parse(stockCountSchema, input);
  if (count.countedAt !== undefined && Date.parse(count.countedAt) > now.getTime() + clockTolerance.ms)
    throw invalidRequest([{ path: "countedAt", message: `must not be ${clockTolerance.words}` }]);
  return count;
}
