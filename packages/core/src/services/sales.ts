import { encodedText } from "../domain/encoded.ts";
import { parse } from "../domain/parse.ts";
import { dailyQuerySchema, newSaleSchema, saleQuerySchema } from "../domain/sale.ts";
import { addDays, clockTolerance, dateOf, dayMs, endOf } from "../domain/time.ts";
import { invalidRequest, notFound } from "../errors.ts";
import type { SaleLines } from "../ports/repositories.ts";
import { answerRead, answerWritten, checkSees, commandOf, type Deps } from "./deps.ts";
import { pageOf, positionOf } from "./pages.ts";
import type { Context, Services } from "./services.ts";

/** What was sold and what came back. */
export function salesService(deps: Deps): Services["sales"] {
  const { repositories } = deps;

  async function write(kind: SaleLines["kind"], context: Context, input: unknown) {
    const sale = parse(newSaleSchema, input);
    const command = commandOf(deps, context);
    const soldAt = sale.soldAt ?? command.at.toISOString();
    if (Date.parse(soldAt) > command.at.getTime() + clockTolerance.ms)
      throw invalidRequest([{ path: "soldAt", message: `must not be ${clockTolerance.words}` }]);
    const written = await repositories.sales.record(command, {
      kind,
      orderId: sale.orderId ?? null,
      soldAt,
      lines: sale.lines.map(({ productId, quantity, price }) => ({
        productId,
        quantity,
        price: price ?? null,
      })),
    });
    return answerWritten(deps, context.sellerId, written);
  }

  return {
    record: (context, input) => write("sale", context, input),
    return: (context, input) => write("return", context, input),

    async list(context, input) {
      checkSees(context);
      const { limit, cursor, ...filters } = parse(saleQuerySchema, input);
      const from = filters.from === undefined ? null : new Date(filters.from).toISOString();
      const before = filters.to === undefined ? null : endOf(filters.to);
      if (from !== null && before !== null && from >= before)
        throw invalidRequest([{ path: "from", message: "must not be after to" }]);
      const rows = await repositories.sales.list(context.sellerId, {
        limit,
        after: positionOf(cursor, ["sales", filters]),
        productId: filters.productId ?? null,
        from,
        before,
      });
      return answerRead(deps, context.sellerId, { body: pageOf(rows, ["sales", filters]), head: rows.head });
    },

    async daily(context, productId, input) {
      checkSees(context);
      const query = parse(dailyQuerySchema, input);
      const to = query.to ?? dateOf(deps.now());
      const from = query.from ?? notBefore(firstDay, addDays(to, -89));
      const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
      if (days < 1) throw invalidRequest([{ path: "from", message: "must not be after to" }]);
      if (days > 3660)
        throw invalidRequest([{ path: "from", message: "must be at most 3,660 days before to" }]);
      const read = await repositories.sales.daily(context.sellerId, productId, from, to);
      if (read === null) throw notFound("product", productId);
      const body = encodedText<{ items: typeof read.body.value; nextCursor: null }>(
        `{"items":${read.body.text},"nextCursor":null}`,
      );
      return answerRead(deps, context.sellerId, { body, head: read.head });
    },
  };
}

const firstDay = "0001-01-01";
const notBefore = (first: string, date: string) => (date < first ? first : date);
