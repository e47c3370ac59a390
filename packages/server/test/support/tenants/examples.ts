import type { Names } from "./shop.ts";

// How every request is filled. A route, parameter or body that is new stands in none of these tables, and the test says
// which one it is to be added to.

/** What the id in a path is of, by the path up to it. */
export const pathNames: Record<string, keyof Names> = {
  "/v1/products/{id}": "product",
  "/v1/products/{id}/recommendations/{otherId}": "other",
  "/v1/incoming/{id}": "incoming",
  "/v1/alerts/{id}": "alert",
  "/v1/keys/{id}": "key",
  "/v1/sellers/{sellerId}": "sellerId",
  "/v1/sellers/{sellerId}/erasure": "sellerId",
  "/v1/files/{key}": "file",
};

interface Example<T> {
  of: (names: Names, own: Names) => T;
  /** The status where what is named is another's; that of success when not said. */
  theirs?: number;
  /** That of a stream, where it is another one. */
  streamed?: number;
}

/** Parameters of the query that name something of a shop. */
export const namingQueries: Record<string, Example<string>> = {
  productId: { of: ({ product }) => String(product), theirs: 404 },
  // A stream begins anew where a position is not in its log, and says so.
  after: { of: ({ cursor }) => cursor, theirs: 410, streamed: 200 },
  search: { of: ({ word }) => word },
  text: { of: ({ word }) => word },
  category: { of: ({ category }) => category },
  actor: { of: ({ key }) => `key:${key}` },
};

/** Those that name nothing. One with an `enum` needs no example. */
export const plainQueries: Record<string, string> = {
  ...{ limit: "2", maxQuantity: "50", stockoutWithin: "14", inStock: "true", horizon: "7", within: "14" },
  ...{ from: "2026-06-01", to: "2026-06-15", types: "product.*,sale.recorded", dryRun: "true" },
};

/** Those that have a test of their own: who may name a seller, where a page goes on, and the stream's token. */
export const otherQueries: string[] = ["sellerId", "cursor", "token"];

export const namingHeaders: Record<string, Example<string>> = {
  "If-Match": { of: ({ etag }) => etag },
  "If-None-Match": { of: ({ etag }) => etag },
  "Amused-Cursor": { of: ({ cursor }) => cursor },
  "Last-Event-ID": { of: ({ cursor }) => cursor },
};
export const otherHeaders: string[] = ["Idempotency-Key"];

const line = (productId: number) => ({ productId, quantity: 1 });
const day = "2026-06-20";

/** Bodies, by the name of the operation. */
export const bodies: Record<string, Example<unknown>> = {
  createProduct: { of: ({ word, sku, category }) => ({ name: word, sku, category, quantity: 3 }) },
  updateProduct: { of: ({ word, sku, category }) => ({ name: word, sku, category }) },
  setProductImage: { of: ({ image }) => image },
  changeStock: { of: ({ word }) => ({ adjust: 1, reason: word }) },
  recordSale: {
    of: ({ orderId, other }, { product }) => ({ orderId, lines: [line(product), line(other)] }),
    theirs: 404,
  },
  recordReturn: {
    of: ({ orderId, other }, { product }) => ({ orderId, lines: [line(product), line(other)] }),
    theirs: 404,
  },
  createIncoming: {
    of: ({ product, reference }) => ({ productId: product, quantity: 2, expectedOn: day, reference }),
    theirs: 404,
  },
  updateIncoming: { of: ({ reference }) => ({ quantity: 7, reference }) },
  receiveIncoming: { of: () => ({ quantity: 1 }) },
  // Of these ids nothing is there to acknowledge.
  acknowledgeAlerts: { of: ({ alert }) => ({ ids: [alert] }) },
  snoozeAlert: { of: () => ({ until: `${day}T00:00:00.000Z` }) },
  suggestCategories: { of: ({ word }) => ({ name: word }) },
  settleCategory: { of: ({ category }) => ({ category }) },
  updateSettings: { of: () => ({ leadTimeDays: 9 }) },
  importProducts: { of: ({ sku, word }) => `sku,name,quantity\n${sku},${word},2\n` },
  // A line is refused for itself.
  importSales: {
    of: ({ product, orderId }) =>
      `productId,quantity,soldAt,orderId\n${product},1,2026-06-01T10:00:00Z,${orderId}\n`,
  },
  publishEvent: {
    of: ({ product, word }) => ({ type: "acme.noted", productId: product, payload: { word } }),
    theirs: 404,
  },
  createStreamToken: { of: () => ({}) },
  createKey: { of: ({ sellerId }) => ({ sellerId }) },
  rotateKey: { of: () => ({}) },
};

/** What an administrator must have done before an operation has something to answer. */
export const beforehand: Record<string, string> = { getErasure: "eraseSeller" };

/** What everybody may read, each for a reason. */
export const publicRoutes: Record<string, string> = {
  // Named by the hash of its content: whoever can name it has it, or was given the name.
  getFile: "images stand in shops that everybody can open",
  live: "says that the process runs, and nothing else",
  ready: "says that the store answers, and nothing else",
  metrics: "asks for an admin key or a token of its own, and names no seller",
  ...{ home: "a page", docs: "a page", docsScript: "a script", openapi: "the description" },
};
