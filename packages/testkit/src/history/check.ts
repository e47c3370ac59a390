import { type History, moved } from "./history.ts";
import { logFaults } from "./log.ts";
import { operationFaults } from "./operations.ts";
import { readerFaults } from "./readers.ts";

/** More of them would only hide the first ones. */
const most = 12;

/**
 * Says what is wrong with a history, each fault in one line with what surrounds it; nothing when all holds:
 *
 * - the log is 1, 2, 3 … without a hole;
 * - what was acknowledged is in it once, what was refused is not, what is unknown is there once at most;
 * - what was asked after an answer comes behind what was answered;
 * - every reader saw all that passes its filter, once, in order, as it is in the log, and was never reset;
 * - stock is the sum of its ledger and of what the log says of it.
 */
export function historyFaults(history: History): string[] {
  const faults = [
    ...logFaults(history),
    ...operationFaults(history),
    ...history.readers.flatMap((reader) => readerFaults(reader, history.log)),
    ...stockFaults(history),
  ];
  const rest = faults.length - most;
  return rest > 0 ? [...faults.slice(0, most), `and ${rest} more`] : faults;
}

function stockFaults({ log, stock }: History): string[] {
  const running = new Map<number, number>();
  const faults: string[] = [];
  for (const event of log) {
    const move = moved(event);
    if (move === null || event.productId === null) continue;
    const quantity = (running.get(event.productId) ?? 0) + move.delta;
    running.set(event.productId, quantity);
    if (quantity < 0 || quantity !== move.quantity)
      faults.push(
        `stock of product ${event.productId}: ${event.seq} ${event.type} leaves ${move.quantity}, but the log up to it adds up to ${quantity}`,
      );
  }
  for (const { productId, quantity, ledger } of stock) {
    let sum = 0;
    for (const line of ledger) {
      sum += line.delta;
      if (sum === line.quantity) continue;
      faults.push(
        `stock of product ${productId}: its ledger adds up to ${sum} where it says ${line.quantity}`,
      );
      break;
    }
    const logged = running.get(productId) ?? 0;
    if (sum !== quantity || logged !== quantity)
      faults.push(
        `stock of product ${productId}: is ${quantity}, by its ledger ${sum}, by the log ${logged}`,
      );
  }
  return faults;
}
