import { auditQuerySchema } from "../domain/audit.ts";
import { parse } from "../domain/parse.ts";
import { endOf } from "../domain/time.ts";
import { invalidRequest } from "../errors.ts";
import { answerRead, checkSees, type Deps } from "./deps.ts";
import { checkProduct } from "./events.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Services } from "./services.ts";

/** Who did what: the log, with the origin of each event. */
export function auditService(deps: Deps): Services["audit"] {
  const { repositories } = deps;
  return {
    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...asked } = parse(auditQuerySchema, input);
      const { actor = null, types = null, productId = null } = asked;
      const from = asked.from === undefined ? null : new Date(asked.from).toISOString();
      const before = asked.to === undefined ? null : endOf(asked.to);
      if (from !== null && before !== null && from >= before)
        throw invalidRequest([{ path: "from", message: "must not be after to" }]);
      if (productId !== null) await checkProduct(repositories, context.sellerId, productId);
      const filters = ["audit", asked];
      const after = positionOf(cursor, filters);
      const filter = { actor, types, productId, from, before, limit, after };
      const rows = await repositories.audit.list(context.sellerId, filter);
      return answerRead(deps, context.sellerId, { body: pageOf(rows, filters), head: rows.head });
    },
  };
}
