import { currencyDecimals, formatAmount } from "../domain/money.ts";
import type { Sale } from "../domain/sale.ts";
import { type Fault, insufficientStock, invalidRequest, notFound, type Shortage } from "../errors.ts";
import type { SaleLines } from "../ports/repositories.ts";
import type { Scope } from "./command.ts";
import { fact } from "./log.ts";
import { move } from "./move.ts";
import { addSales } from "./sale-rows.ts";
import { liveProduct, type SellerState } from "./state.ts";

/** Takes the lines out of stock, or puts them back for a return: all of them, once nothing speaks against any. */
export function recordSale(scope: Scope, { kind, orderId, soldAt, lines }: SaleLines): Sale[] {
  const { db, seller, at } = scope;
  const prices = pricesOf(seller, lines);
  if (kind === "sale") checkStock(seller, lines);
  const sign = kind === "sale" ? -1 : 1;
  const [reason, type] =
    kind === "sale" ? ["sale", "sale.recorded" as const] : ["return", "sale.returned" as const];
  return lines.map(({ productId, quantity }, index) => {
    const price = prices[index] as string;
    const { movement } = move(scope, productId, { delta: sign * quantity, reason, cause: orderId });
    const id = db.nextId("sale");
    const sale = { id, productId, orderId, quantity: -sign * quantity, price, soldAt, createdAt: at };
    addSales(scope, [sale], null);
    scope.emit(fact(type, productId, { orderId, quantity, price, remaining: movement.quantity, soldAt }));
    return sale;
  });
}

function pricesOf(seller: SellerState, lines: SaleLines["lines"]): string[] {
  const faults: Fault[] = [];
  const prices = lines.map(({ productId, price }, index) => {
    const product = liveProduct(seller, productId)?.product;
    if (product === undefined) throw notFound("product", productId);
    const said = price === null ? product.price : formatAmount(price, product.currency);
    if (said === null) {
      const decimals = currencyDecimals(product.currency);
      const message = `must have at most ${decimals} decimals in the product's currency`;
      faults.push({ path: `lines.${index}.price`, message });
    }
    return said ?? "";
  });
  if (faults.length > 0) throw invalidRequest(faults);
  return prices;
}

/** Two lines of one product are checked together. */
function checkStock(seller: SellerState, lines: SaleLines["lines"]): void {
  const requested = new Map<number, number>();
  for (const { productId, quantity } of lines)
    requested.set(productId, (requested.get(productId) ?? 0) + quantity);
  const short: Shortage[] = [...requested]
    .sort(([a], [b]) => a - b)
    .map(([productId, quantity]) => {
      const available = liveProduct(seller, productId)?.product.quantity ?? 0;
      return { productId, requested: quantity, available };
    })
    .filter(({ requested, available }) => requested > available);
  if (short.length > 0) throw insufficientStock(short);
}
