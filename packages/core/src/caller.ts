import { z } from "zod";
import { parse } from "./domain/parse.ts";
import { requestIdSchema } from "./domain/request-id.ts";
import { sellerIdSchema } from "./domain/seller.ts";
import { text } from "./domain/text.ts";
import type { Context } from "./services/services.ts";

/** Who acts for a seller in process, as it shall stand in the log. */
export interface Caller {
  /** Stands in the ledger and in the audit as the one who did it; up to 300 characters. */
  actor?: string;
  /** Names the host's own request in the audit: up to 128 letters, digits and `. _ : / + = @ -`. */
  requestId?: string;
}

const callerSchema = z.strictObject({
  actor: text(1, 300).optional(),
  requestId: requestIdSchema.optional(),
});

export function contextOf(sellerId: string, caller: Caller = {}): Context {
  const { actor = null, requestId = null } = parse(callerSchema, caller);
  return { sellerId: parse(sellerIdSchema, sellerId, "sellerId"), actor, requestId };
}
