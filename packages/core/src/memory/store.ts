import type { Repositories } from "../ports/repositories.ts";
import type { Store } from "../ports/store.ts";
import { access, type Run } from "./access.ts";
import { alertRepository } from "./alerts.ts";
import { auditRepository } from "./audit.ts";
import { categoryRepository } from "./categories.ts";
import { consumerRepository } from "./consumers.ts";
import { demandRepository } from "./demand.ts";
import { engineStateRepository } from "./engine-states.ts";
import { erasureRepository, fileClaimRepository } from "./erasures.ts";
import { eventRepository } from "./events.ts";
import { idempotencyRepository } from "./idempotency.ts";
import { incomingRepository } from "./incoming.ts";
import { keyRepository } from "./keys.ts";
import { predictionRepository } from "./predictions.ts";
import { productRepository } from "./products.ts";
import { recommendationRepository } from "./recommendations.ts";
import { saleRepository } from "./sales.ts";
import { settingsRepository } from "./settings.ts";
import { database } from "./state.ts";
import { stockRepository } from "./stock.ts";

export interface MemoryStoreOptions {
  /** The clock by which a product still out of stock is out of stock today; the system's when not said. */
  now?: () => Date;
}

/**
 * A store in the memory of this process: the reference for what a store does, for tests and for trying out. Everything
 * is gone with the process.
 *
 * @example
 * const amused = await createAmused({ store: memoryStore() });
 */
export function memoryStore({ now = () => new Date() }: MemoryStoreOptions = {}): Store {
  const db = database();
  const { run, transaction, close } = access(db);
  const joinable = new WeakSet<object>();

  const repositoriesOver = (run: Run): Repositories => ({
    products: productRepository(db, run),
    stock: stockRepository(db, run),
    sales: saleRepository(db, run, now),
    events: eventRepository(db, run),
    audit: auditRepository(db, run),
    consumers: consumerRepository(db, run),
    demand: demandRepository(db, run, now),
    incoming: incomingRepository(db, run),
    predictions: predictionRepository(db, run),
    recommendations: recommendationRepository(db, run),
    alerts: alertRepository(db, run),
    engines: engineStateRepository(db, run),
    settings: settingsRepository(db, run),
    categories: categoryRepository(db, run),
    idempotency: idempotencyRepository(db, run),
    keys: keyRepository(db, run),
    files: fileClaimRepository(db, run),
    erasures: erasureRepository(db, run),
  });

  return {
    ...repositoriesOver(run),

    transaction: (work) =>
      transaction((step) => {
        const repositories = repositoriesOver(step);
        joinable.add(repositories);
        return work(repositories);
      }),

    join(transaction) {
      if (typeof transaction === "object" && transaction !== null && joinable.has(transaction))
        return transaction as Repositories;
      throw new TypeError("The memory store joins only what its own transaction() handed to `work`.");
    },

    migrate: () => run(() => ({ applied: [] })),

    ping: () => run(() => {}),

    prune: (before) =>
      run(() => {
        let forgotten = 0;
        for (const { kept } of db.sellers.values())
          for (const [key, { at }] of kept) {
            if (at >= before.getTime()) continue;
            db.journal.remove(kept, key);
            forgotten++;
          }
        return forgotten;
      }),

    async close() {
      close();
    },
  };
}
