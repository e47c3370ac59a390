import type { Repositories, Store } from "@amused/core";
import { invalidRequest } from "@amused/core/errors";
import { type Database, joined, pooled, type Timeouts } from "./database.ts";
import { translated } from "./errors.ts";
import { migrate } from "./migrate.ts";
import type { Queryable, QueryablePool } from "./queryable.ts";
import { alertRepository } from "./repositories/alerts.ts";
import { auditRepository } from "./repositories/audit.ts";
import { categoryRepository } from "./repositories/categories.ts";
import { consumerRepository } from "./repositories/consumers.ts";
import { demandRepository } from "./repositories/demand.ts";
import { engineStateRepository } from "./repositories/engine-states.ts";
import { erasureRepository } from "./repositories/erasures.ts";
import { eventRepository } from "./repositories/events.ts";
import { fileClaimRepository } from "./repositories/file-claims.ts";
import { idempotencyRepository } from "./repositories/idempotency.ts";
import { incomingRepository } from "./repositories/incoming.ts";
import { keyRepository } from "./repositories/keys.ts";
import { predictionRepository } from "./repositories/predictions.ts";
import { productRepository } from "./repositories/products.ts";
import { recommendationRepository } from "./repositories/recommendations.ts";
import { saleRepository } from "./repositories/sales.ts";
import { settingsRepository } from "./repositories/settings.ts";
import { stockRepository } from "./repositories/stock.ts";
import { everySeller, rowSecurity as rowSecurityOf } from "./row-security.ts";

export interface PostgresStoreOptions {
  /** A pool of node-postgres, or anything that has its `query` and `connect`. The host makes it and ends it. */
  pool: QueryablePool;
  /** The schema that holds our tables; `amused` when not said. */
  schema?: string;
  /**
   * Has PostgreSQL itself hold each statement to the rows of the seller it is for: a second wall, should a filter be
   * forgotten in ours. Then nobody sees rows in these tables who has not said whose; your own SQL says so by
   * `select set_config('amused.seller', '<seller id>', true)` (or `'every seller'`). Where the pool's user is a superuser,
   * whom no such wall holds, connections take the role `amused_rows`: give the store a pool of its own.
   * Not said, the database is left as it is; `false` takes the wall away.
   */
  rowSecurity?: boolean;
  /**
   * What does not wait for ever. How long a statement may take is the pool's to say (`statement_timeout`, and against a
   * database that has gone silent `query_timeout`), and for how long it is waited for a connection (`connectionTimeoutMillis`).
   */
  timeouts?: Timeouts;
}

/** So many idempotency keys go in one statement, which then takes no longer than others. */
const pruneBatch = 10_000;

/**
 * Keeps the facts in PostgreSQL, 15 or newer.
 *
 * @example
 * const store = postgresStore({ pool: new Pool({ connectionString: process.env.DATABASE_URL }) });
 * const amused = await createAmused({ store });
 */
export function postgresStore({
  pool,
  schema = "amused",
  rowSecurity,
  timeouts,
}: PostgresStoreOptions): Store {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new TypeError(`schema: ${schema} is not a name in small letters, digits and _`);
  const security = rowSecurityOf(schema, rowSecurity);
  const database = pooled(pool, security, timeouts);
  const repositoriesOn = repositoriesOf(schema);
  const keys = `${schema}.idempotency_keys`;
  const forget = `
    with gone as (delete from ${keys} where ctid = any (array(
      select ctid from ${keys} where created_at < $1::timestamptz limit ${pruneBatch})) returning 1)
    select count(*) from gone`;
  return {
    ...repositoriesOn(database),
    transaction: (work) => database.transaction(everySeller, (within) => work(repositoriesOn(within))),
    join: (client) => repositoriesOn(joined(transactionOf(client, pool), security.joined)),
    migrate: () => migrate(pool, schema, rowSecurity).catch(rethrow),
    async ping() {
      await database.run(everySeller, "select 1");
    },
    async prune(before) {
      for (let pruned = 0; ; ) {
        const [row] = await database.run(everySeller, forget, [before]);
        pruned += Number(row?.count);
        if (Number(row?.count) < pruneBatch) return pruned;
      }
    },
    // The pool is the host's, and may serve others still.
    async close() {},
  };
}

/** A pool would run each statement on whichever connection is free, and so in no transaction. */
function transactionOf(client: unknown, pool: QueryablePool): Queryable {
  const isObject = typeof client === "object" && client !== null;
  if (isObject && client !== pool && !("totalCount" in client) && "query" in client)
    return client as Queryable;
  const message = "must be the client that has your transaction, as pool.connect() gives one, and not a pool";
  throw invalidRequest([{ path: "transaction", message }]);
}

function rethrow(error: unknown): never {
  throw translated(error);
}

/** The repositories of a schema, on whatever runs their statements; the statements are written out once. */
function repositoriesOf(schema: string): (database: Database) => Repositories {
  const products = productRepository(schema);
  const stock = stockRepository(schema);
  const sales = saleRepository(schema);
  const events = eventRepository(schema);
  const audit = auditRepository(schema);
  const consumers = consumerRepository(schema);
  const demand = demandRepository(schema);
  const incoming = incomingRepository(schema);
  const predictions = predictionRepository(schema);
  const recommendations = recommendationRepository(schema);
  const alerts = alertRepository(schema);
  const engines = engineStateRepository(schema);
  const settings = settingsRepository(schema);
  const categories = categoryRepository(schema);
  const idempotency = idempotencyRepository(schema);
  const keys = keyRepository(schema);
  const files = fileClaimRepository(schema);
  const erasures = erasureRepository(schema);
  return (database) => ({
    products: products(database),
    stock: stock(database),
    sales: sales(database),
    events: events(database),
    audit: audit(database),
    consumers: consumers(database),
    demand: demand(database),
    incoming: incoming(database),
    predictions: predictions(database),
    recommendations: recommendations(database),
    alerts: alerts(database),
    engines: engines(database),
    settings: settings(database),
    categories: categories(database),
    idempotency: idempotency(database),
    keys: keys(database),
    files: files(database),
    erasures: erasures(database),
  });
}
