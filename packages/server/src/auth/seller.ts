import { AmusedError, invalidRequest, sellerIdSchema } from "@amused/core";
import type { Access } from "./access.ts";

/** For which seller this call is: the credential's own, or the one that an administrator names. */
export function sellerOf(access: Access, named: unknown): string {
  if (access.sellerId !== null) {
    if (named === undefined || named === access.sellerId) return access.sellerId;
    throw new AmusedError("forbidden", "This credential belongs to another seller.", {});
  }
  if (named === undefined)
    throw invalidRequest([
      { path: "sellerId", message: "is required in the query, because an admin key belongs to no seller" },
    ]);
  const checked = sellerIdSchema.safeParse(named);
  if (!checked.success)
    throw invalidRequest(checked.error.issues.map(({ message }) => ({ path: "sellerId", message })));
  return checked.data;
}
