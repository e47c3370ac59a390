/**
 * SQL that makes our JSON as text, so that what the database answers goes to the socket as it is. Arguments are SQL. Put
 * together from pieces: `json_build_object` takes twice the time, and spaces out what it makes.
 */

/** A value that may need escaping, or be null. */
export const text = (value: string): string => `coalesce(to_json(${value})::text, 'null')`;

/** A number, or JSON already, that may be null. */
export const bare = (value: string): string => `coalesce((${value})::text, 'null')`;

/** Text of which we know that it needs no escaping, and that may be null. */
export const quoted = (value: string): string => `coalesce('"' || (${value}) || '"', 'null')`;

/** An object of fields made by the functions above. */
export function object(fields: Record<string, string>): string {
  const pieces = Object.entries(fields).map(([name, value]) => `"${name}":' || ${value} || '`);
  return `('{${pieces.join(",")}}')`;
}

/** A list of the rows of a group; an empty one is `[]`. */
export function list(item: string, order: string): string {
  return `('[' || coalesce(string_agg(${item}, ',' order by ${order}), '') || ']')`;
}

/** A time as ISO 8601 UTC with milliseconds. */
export function isoTime(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A day as `2026-11-23`, whatever form of dates the connection has. */
export function isoDate(day: string): string {
  return `to_char(${day}, 'YYYY-MM-DD')`;
}

/** The same as JSON, where it may be null. */
export const time = (value: string): string => quoted(isoTime(value));

/** A product, from an alias of the table. */
export function productJson(p: string): string {
  return object({
    id: bare(`${p}.id`),
    sellerId: text(`${p}.seller_id`),
    sku: text(`${p}.sku`),
    name: text(`${p}.name`),
    description: text(`${p}.description`),
    price: quoted(`${p}.price`),
    currency: quoted(`${p}.currency`),
    quantity: bare(`${p}.quantity`),
    category: text(`${p}.category`),
    attributes: bare(`${p}.attributes`),
    imageUrl: text(`${p}.image_url`),
    reorderPoint: bare(`${p}.reorder_point`),
    leadTimeDays: bare(`${p}.lead_time_days`),
    serviceLevel: bare(`${p}.service_level`),
    packSize: bare(`${p}.pack_size`),
    minimumOrder: bare(`${p}.minimum_order`),
    version: bare(`${p}.version`),
    createdAt: time(`${p}.created_at`),
    updatedAt: time(`${p}.updated_at`),
  });
}

export function movementJson(m: string): string {
  return object({
    id: bare(`${m}.id`),
    productId: bare(`${m}.product_id`),
    delta: bare(`${m}.delta`),
    quantity: bare(`${m}.quantity`),
    reason: text(`${m}.reason`),
    actor: text(`${m}.actor`),
    cause: text(`${m}.cause`),
    createdAt: time(`${m}.created_at`),
  });
}

export function saleJson(s: string): string {
  return object({
    id: bare(`${s}.id`),
    productId: bare(`${s}.product_id`),
    orderId: text(`${s}.order_id`),
    quantity: bare(`${s}.quantity`),
    price: quoted(`${s}.price`),
    soldAt: time(`${s}.sold_at`),
    createdAt: time(`${s}.created_at`),
  });
}

export function incomingJson(i: string): string {
  return object({
    id: bare(`${i}.id`),
    productId: bare(`${i}.product_id`),
    quantity: bare(`${i}.quantity`),
    received: bare(`${i}.received`),
    expectedOn: quoted(isoDate(`${i}.expected_on`)),
    reference: text(`${i}.reference`),
    state: quoted(`${i}.state`),
    createdAt: time(`${i}.created_at`),
    updatedAt: time(`${i}.updated_at`),
  });
}

export function predictionJson(a: string): string {
  return object({
    id: bare(`${a}.id`),
    productId: bare(`${a}.product_id`),
    type: quoted(`${a}.type`),
    data: bare(`${a}.data`),
    confidence: bare(`${a}.confidence`),
    createdAt: time(`${a}.created_at`),
  });
}

/** How right a prediction was. */
export function scoreJson(a: string): string {
  return object({
    id: bare(`${a}.id`),
    productId: bare(`${a}.product_id`),
    type: quoted(`${a}.type`),
    model: text(`${a}.model`),
    score: bare(`${a}.score`),
    createdAt: time(`${a}.created_at`),
    dueOn: quoted(isoDate(`${a}.due_on`)),
    scoredAt: time(`${a}.scored_at`),
  });
}

export function alertJson(a: string): string {
  return object({
    id: bare(`${a}.id`),
    productId: bare(`${a}.product_id`),
    kind: quoted(`${a}.kind`),
    state: quoted(`${a}.state`),
    evidence: bare(`${a}.evidence`),
    openedAt: time(`${a}.opened_at`),
    acknowledgedAt: time(`${a}.acknowledged_at`),
    acknowledgedBy: text(`${a}.acknowledged_by`),
    snoozedUntil: time(`${a}.snoozed_until`),
    toldAt: time(`${a}.told_at`),
    clearSince: time(`${a}.clear_since`),
    resolvedAt: time(`${a}.resolved_at`),
    resolvedBy: text(`${a}.resolved_by`),
    resolution: quoted(`${a}.resolution`),
    version: bare(`${a}.version`),
    updatedAt: time(`${a}.updated_at`),
  });
}

export function keyJson(k: string): string {
  return object({
    id: bare(`${k}.id`),
    prefix: text(`${k}.prefix`),
    sellerId: text(`${k}.seller_id`),
    name: text(`${k}.name`),
    scopes: text(`${k}.scopes`),
    origins: text(`${k}.origins`),
    createdAt: time(`${k}.created_at`),
    expiresAt: time(`${k}.expires_at`),
    lastUsedAt: time(`${k}.last_used_at`),
    replacedBy: bare(`${k}.replaced_by`),
  });
}

export function deadLetterJson(d: string): string {
  return object({
    id: bare(`${d}.id`),
    consumer: text(`${d}.consumer`),
    sellerId: text(`${d}.seller_id`),
    reason: quoted(`${d}.reason`),
    after: quoted(`${d}.after_cursor`),
    until: quoted(`${d}.until_cursor`),
    event: bare(`${d}.event`),
    attempts: bare(`${d}.attempts`),
    error: text(`${d}.error`),
    createdAt: time(`${d}.created_at`),
    failedAt: time(`${d}.failed_at`),
    redriveAt: time(`${d}.redrive_at`),
  });
}

/** Where a consumer stands, from aliases of `consumers`, `event_streams` and `checkpoints` (none: it has not begun). */
export function progressJson(k: string, s: string, c: string, letters: string): string {
  return object({
    consumer: text(`${k}.name`),
    sellerId: text(`${s}.seller_id`),
    position: quoted(`${c}.epoch || '.' || ${c}.seq`),
    head: quoted(`${s}.epoch || '.' || ${s}.seq`),
    lag: bare(`greatest(0, ${s}.seq - case when ${c}.epoch = ${s}.epoch then ${c}.seq else 0 end)`),
    attempts: bare(`coalesce(${c}.attempts, 0)`),
    error: text(`${c}.error`),
    retryAt: time(`${c}.retry_at`),
    deadLetters: bare(letters),
  });
}

/** An event of a seller's log; `payload` is JSON. */
type EventFields = Record<
  "epoch" | "seq" | "type" | "sellerId" | "productId" | "payload" | "createdAt",
  string
>;

/** An event as it is stored, in the row `e`, on a log of this epoch. */
export function storedEvent(epoch: string): EventFields {
  return {
    ...{ epoch, seq: "e.seq", type: "e.type", sellerId: "e.seller_id" },
    ...{ productId: "e.product_id", payload: "e.payload", createdAt: "e.created_at" },
  };
}

export function eventJson(event: EventFields): string {
  return object(eventFields(event));
}

/** An event with its origin. */
export function auditJson(event: EventFields & Record<"actor" | "requestId", string>): string {
  const keyId = `substring(${event.actor} from '^key:([0-9]{1,15})$')::bigint`;
  return object({
    ...eventFields(event),
    ...{ actor: text(event.actor), keyId: bare(keyId), requestId: text(event.requestId) },
  });
}

function eventFields(event: EventFields): Record<string, string> {
  return {
    id: quoted(`${event.epoch} || '.' || (${event.seq})`),
    seq: bare(event.seq),
    type: quoted(event.type),
    sellerId: text(event.sellerId),
    productId: bare(event.productId),
    payload: bare(event.payload),
    createdAt: time(event.createdAt),
  };
}

/** What an ETag is made of. */
export function revision(p: string): string {
  return `${p}.version || '-' || ${p}.stock_revision`;
}

/**
 * That a product is not deleted, where it is looked up by its id. In words that match no partial index: a plan made while
 * the table is small would otherwise prefer such an index, and read all of a seller's products for each one later on.
 */
export function alive(p: string): string {
  return `coalesce(${p}.deleted_at, 'infinity') = 'infinity'`;
}
