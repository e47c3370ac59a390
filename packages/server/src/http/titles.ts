import type { ErrorCode } from "@amused/core";

/** The short title of each code, as a problem says it. They stand here, because a browser's client has no use for them. */
export const errorTitles: { readonly [Code in ErrorCode]: string } = {
  invalid_request: "The request is not valid",
  unauthenticated: "A valid credential is needed",
  forbidden: "The credential does not allow this",
  not_found: "There is no such resource",
  conflict: "The request conflicts with the current state",
  insufficient_stock: "There is not enough stock",
  idempotency_mismatch: "The idempotency key was used for another request",
  idempotency_in_flight: "The first request with this idempotency key has not finished",
  cursor_expired: "The cursor no longer names a position that is held",
  precondition_failed: "The resource has another version",
  payload_too_large: "The body is too large",
  unsupported_media_type: "The content type is not supported",
  rate_limited: "Too many requests",
  unavailable: "A part that this needs is down",
  method_not_allowed: "The resource does not have this method",
  not_acceptable: "No acceptable representation",
  internal: "Something failed on our side",
};
