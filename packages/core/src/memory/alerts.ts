import type { Alert } from "../domain/alert.ts";
import { encodedText } from "../domain/encoded.ts";
import { compareCodePoints } from "../domain/text.ts";
import { notFound } from "../errors.ts";
import type { AlertRepository, WatchedProduct } from "../ports/alerts.ts";
import type { ProductKey } from "../ports/predictions.ts";
import type { Run } from "./access.ts";
import { alertOf, changeAlert, isFree, openAlert, putAlert } from "./alert-steps.ts";
import { perform } from "./command.ts";
import { readOf, rowsOf } from "./rows.ts";
import {
  type AlertState,
  currentPrediction,
  type Database,
  liveProduct,
  type SellerState,
  sellerToRead,
} from "./state.ts";

export function alertRepository(db: Database, run: Run): AlertRepository {
  return {
    watch: (sellerId, productId) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = liveProduct(seller, productId);
        const stockout = currentPrediction(seller, productId, "stockout")?.prediction;
        const watched: WatchedProduct = {
          product: found && {
            quantity: found.product.quantity,
            reorderPoint: found.product.reorderPoint,
            stocked: found.movements.length > 0,
          },
          stockout: stockout === undefined ? null : { id: stockout.id, data: stockout.data },
          alerts: (seller.alerts.get(productId) ?? [])
            .filter(({ current }) => current)
            .map(({ alert }) => alert),
        };
        return encodedText<WatchedProduct>(JSON.stringify(watched)).value;
      }),

    write: (command, { open, change }) =>
      run(() =>
        perform(db, command, (scope) => {
          const { seller } = scope;
          if (!open.every((draft) => isFree(seller, draft))) return null;
          if (!change.every(({ id, version }) => alertOf(seller, id)?.alert.version === version)) return null;
          return {
            body: [
              ...change.map((one) => changeAlert(scope, one)),
              ...open.map((draft) => openAlert(scope, draft)),
            ],
          };
        }),
      ),

    observe: (sellerId, sights) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const noted = sights.map(({ id, version, evidence, clearSince }) => {
          const found = alertOf(seller, id);
          if (found?.alert.version !== version) return false;
          putAlert(db, seller, { ...found, alert: { ...found.alert, evidence, clearSince } as Alert });
          return true;
        });
        return noted.every(Boolean);
      }),

    told: (sellerId, id, at) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = alertOf(seller, id);
        if (found === null || found.alert.state !== "open" || found.alert.toldAt !== null) return false;
        const { alert } = found;
        putAlert(db, seller, {
          ...found,
          alert: { ...alert, toldAt: at.toISOString(), version: alert.version + 1 },
        });
        return true;
      }),

    find: (sellerId, id) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        const found = alertOf(seller, id);
        return found && readOf<Alert>(seller, found.alert);
      }),

    list: (sellerId, { states, kind, productId, ids, limit, after }) =>
      run(() => {
        const seller = sellerToRead(db, sellerId);
        if (productId !== null && !seller.products.has(productId)) throw notFound("product", productId);
        const rows = all(seller)
          .map(({ alert }) => ({ key: String(alert.id), id: alert.id, value: alert }))
          .filter(
            ({ id, value }) =>
              (states === null || states.includes(value.state)) &&
              (kind === null || value.kind === kind) &&
              (productId === null || value.productId === productId) &&
              (ids === undefined || ids.includes(id)) &&
              (after === null || id < after.id),
          )
          .sort((a, b) => b.id - a.id);
        return rowsOf<Alert>(seller, rows, limit);
      }),

    due: ({ now, clearSince, limit, after }) =>
      run(() => {
        const [at, clear] = [now.toISOString(), clearSince.toISOString()];
        const isDue = ({ alert, current }: AlertState) =>
          (alert.snoozedUntil !== null && alert.snoozedUntil <= at) ||
          (current && alert.clearSince !== null && alert.clearSince <= clear);
        const isLater = ({ sellerId, productId }: ProductKey) => {
          const order = after === null ? 1 : compareCodePoints(sellerId, after.sellerId);
          return order > 0 || (order === 0 && productId > (after?.productId ?? 0));
        };
        return [...db.sellers.values()]
          .flatMap(({ id: sellerId, alerts }) =>
            [...alerts].flatMap(([productId, rows]) => (rows.some(isDue) ? [{ sellerId, productId }] : [])),
          )
          .filter(isLater)
          .sort((a, b) => compareCodePoints(a.sellerId, b.sellerId) || a.productId - b.productId)
          .slice(0, limit);
      }),
  };
}

function all({ alerts }: SellerState): AlertState[] {
  return [...alerts.values()].flat();
}
