/** SQL that makes our JSON, so that what the database answers goes to the socket as it is. Arguments are SQL. */

/** A time as ISO 8601 UTC with milliseconds. */
export function isoTime(time: string): string {
  return `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A product, from an alias of the table. */
export function productJson(p: string): string {
  return `json_build_object('id', ${p}.id, 'sellerId', ${p}.seller_id, 'sku', ${p}.sku, 'name', ${p}.name,
    'description', ${p}.description, 'price', ${p}.price::text, 'currency', ${p}.currency, 'quantity', ${p}.quantity,
    'category', ${p}.category, 'attributes', ${p}.attributes, 'imageUrl', ${p}.image_url, 'reorderPoint', ${p}.reorder_point,
    'leadTimeDays', ${p}.lead_time_days, 'version', ${p}.version, 'createdAt', ${isoTime(`${p}.created_at`)},
    'updatedAt', ${isoTime(`${p}.updated_at`)})`;
}

export function movementJson(m: string): string {
  return `json_build_object('id', ${m}.id, 'productId', ${m}.product_id, 'delta', ${m}.delta, 'quantity', ${m}.quantity,
    'reason', ${m}.reason, 'actor', ${m}.actor, 'cause', ${m}.cause, 'createdAt', ${isoTime(`${m}.created_at`)})`;
}

export function saleJson(s: string): string {
  return `json_build_object('id', ${s}.id, 'productId', ${s}.product_id, 'orderId', ${s}.order_id, 'quantity', ${s}.quantity,
    'price', ${s}.price::text, 'soldAt', ${isoTime(`${s}.sold_at`)}, 'createdAt', ${isoTime(`${s}.created_at`)})`;
}

export function keyJson(k: string): string {
  return `json_build_object('id', ${k}.id, 'prefix', ${k}.prefix, 'sellerId', ${k}.seller_id, 'name', ${k}.name,
    'scopes', ${k}.scopes, 'createdAt', ${isoTime(`${k}.created_at`)}, 'expiresAt', ${isoTime(`${k}.expires_at`)},
    'lastUsedAt', ${isoTime(`${k}.last_used_at`)})`;
}

/** An event, from an alias of the table and its log's epoch. Put together as text: the payload is copied, not built. */
export function eventJson(e: string, epoch: string): string {
  return `'{"id":"' || ${epoch} || '.' || ${e}.seq || '","seq":' || ${e}.seq || ',"type":"' || ${e}.type || '","sellerId":' ||
    to_json(${e}.seller_id)::text || ',"productId":' || coalesce(${e}.product_id::text, 'null') || ',"payload":' ||
    ${e}.payload::text || ',"createdAt":"' || ${isoTime(`${e}.created_at`)} || '"}'`;
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
