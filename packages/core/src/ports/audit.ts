import type { AuditEntry } from "../domain/audit.ts";
import type { PageRequest, Rows } from "./rows.ts";

/** Which events; `after` is where the page before ended. */
export interface AuditFilter extends PageRequest {
  actor: string | null;
  types: readonly string[] | null;
  productId: number | null;
  /** From this moment on. */
  from: string | null;
  /** Before this moment. */
  before: string | null;
}

/** The log as somebody reads it who asks who did what. */
export interface AuditRepository {
  /**
   * Newest first. One call looks at a bounded number of events, so that a page may have fewer than its limit, or none,
   * while `last` says where to go on.
   */
  list(sellerId: string, filter: AuditFilter): Promise<Rows<AuditEntry>>;
}
