/**
 * The errors of Amused, the same in process and over HTTP. This file imports nothing, so that a browser's client can
 * carry it alone.
 */

/** One fault of a refused input: where it is (`lines.0.quantity`; empty for the whole) and what is wrong with it. */
export interface Fault {
  path: string;
  message: string;
}

/** What was asked of a product and what it had, when stock did not suffice. */
export interface Shortage {
  productId: number;
  requested: number;
  available: number;
}

/** What an error of each code carries beside its message. The keys are the closed list of codes. */
export interface ErrorEvidence {
  invalid_request: { errors: Fault[] };
  unauthenticated: object;
  forbidden: { scope?: string };
  not_found: { resource?: string };
  conflict: { sku?: string; quantity?: number; expected?: number; state?: string; received?: number };
  insufficient_stock: { available: Shortage[] };
  idempotency_mismatch: object;
  idempotency_in_flight: { retryAfter: number };
  cursor_expired: { reason: "pruned" | "ahead" | "epoch"; oldest: string };
  precondition_failed: { version: number };
  payload_too_large: { limit?: number };
  unsupported_media_type: { supported?: string[] };
  rate_limited: { retryAfter: number };
  unavailable: { retryAfter?: number };
  method_not_allowed: { allow: string[] };
  not_acceptable: { supported?: string[] };
  internal: object;
}

export type ErrorCode = keyof ErrorEvidence;

/** The HTTP status of each code; also the list of codes at run time. */
export const errorStatus: { readonly [Code in ErrorCode]: number } = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  insufficient_stock: 409,
  idempotency_mismatch: 422,
  idempotency_in_flight: 409,
  cursor_expired: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
  method_not_allowed: 405,
  not_acceptable: 406,
  internal: 500,
};

const brand = Symbol.for("amused.error");

/** The one class of everything Amused throws. Tell one from another by `code`; the evidence stands in fields. */
export class AmusedError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = "AmusedError";
  declare readonly code: Code;
  /** The HTTP status that goes with the code, also in process. */
  declare readonly status: number;
  declare readonly evidence: ErrorEvidence[Code];
  /** The id to name when you report it; only on errors that came over HTTP. */
  declare readonly requestId: string | undefined;

  constructor(
    code: Code,
    message: string,
    evidence: ErrorEvidence[Code],
    options?: { cause?: unknown; requestId?: string | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.status = errorStatus[code];
    this.evidence = evidence;
    this.requestId = options?.requestId;
    // The evidence stands in fields too (`error.available`); what the class itself says is never overwritten.
    for (const [field, value] of Object.entries(evidence))
      if (!(field in this)) Object.assign(this, { [field]: value });
    // Two copies of this module (a bundle, a nested install) recognise each other's errors by this mark.
    Object.defineProperty(this, brand, { value: true });
  }
}

/** An error of a known code, with its evidence as fields: `error.available`, `error.errors`, `error.oldest` … */
export type AmusedErrorOf<Code extends ErrorCode> = {
  [C in Code]: AmusedError<C> & Readonly<ErrorEvidence[C]>;
}[Code];

/**
 * Tells whether a caught value is an error of Amused, of the given code where one is given.
 *
 * @example
 * try { await shop.sales.record(sale) } catch (error) {
 *   if (isAmusedError(error, "insufficient_stock")) console.log(error.available);
 *   else throw error;
 * }
 */
export function isAmusedError(error: unknown): error is AmusedErrorOf<ErrorCode>;
export function isAmusedError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is AmusedErrorOf<Code>;
export function isAmusedError(error: unknown, code?: ErrorCode): boolean {
  return error instanceof Error && brand in error && (!code || ("code" in error && error.code === code));
}

/** The input is refused; `errors` says every fault. */
export function invalidRequest(errors: Fault[]): AmusedError<"invalid_request"> {
  const said = errors.slice(0, 3).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const more = errors.length > 3 ? ` (and ${errors.length - 3} more)` : "";
  return new AmusedError("invalid_request", `${said.join("; ")}${more}`, { errors });
}

/** Products have less than is asked of them. */
export function insufficientStock(available: Shortage[]): AmusedError<"insufficient_stock"> {
  const said = available
    .slice(0, 3)
    .map(({ productId, requested, available }) => `product ${productId} has ${available}, not ${requested}`);
  const more = available.length > 3 ? ` (and ${available.length - 3} more)` : "";
  const message = `There is not enough stock: ${said.join("; ")}${more}. Nothing was changed.`;
  return new AmusedError("insufficient_stock", message, { available });
}

/** A product has not the quantity that the caller believes in. */
export function otherQuantity(
  productId: number,
  { quantity, expected }: { quantity: number; expected: number },
): AmusedError<"conflict"> {
  const message = `Product ${productId} has ${quantity} units, not ${expected} as expected. Nothing was changed.`;
  return new AmusedError("conflict", message, { quantity, expected });
}

/** Goods that have come, or will not, are changed no more. */
export function notOpen(id: number, state: string): AmusedError<"conflict"> {
  const message = `Incoming stock ${id} is ${state} and is changed no more: what else is to come is incoming stock of its own, what else came is for stock.adjust.`;
  return new AmusedError("conflict", message, { state });
}

/** Nothing is written for a seller, and nothing read of its log, while it is being erased. */
export function beingErased(cause?: unknown): AmusedError<"conflict"> {
  const message =
    "This seller is being erased, and takes nothing until that is done: GET /v1/sellers/{id}/erasure says when.";
  return new AmusedError("conflict", message, { state: "erasing" }, { cause });
}

/** Tells that refusal from others. */
export function isBeingErased(error: unknown): boolean {
  return isAmusedError(error, "conflict") && error.evidence.state === "erasing";
}

/** Another product has this SKU. */
export function skuTaken(sku: string, cause?: unknown): AmusedError<"conflict"> {
  return new AmusedError("conflict", `Another product has the SKU ${sku}.`, { sku }, { cause });
}

/** The key of a command belongs to another one. */
export function keyUsed(): AmusedError<"idempotency_mismatch"> {
  const message = "This idempotency key was used for another request. Use a new key for a new request.";
  return new AmusedError("idempotency_mismatch", message, {});
}

/** There is no such thing, or none that this caller may know of. */
export function notFound(resource: string, id: string | number): AmusedError<"not_found"> {
  return new AmusedError("not_found", `There is no ${resource} ${id}.`, { resource });
}
