import type { ReadOptions } from "./call-options.ts";
import type { AuditEntry, AuditQuery } from "./domain/audit.ts";
import type { CustomEvents, EventFilter, NoCustomEvents } from "./domain/event.ts";
import type { Listing } from "./domain/page.ts";
import type { ExportOptions } from "./file-options.ts";

/** Who did what: the events of the log with their actor and request. It goes back as far as the log is held. */
export interface Audit<Custom extends CustomEvents = NoCustomEvents> {
  /**
   * Newest first. A page may have fewer items than its limit, or none, while its `nextCursor` says where to go on: each
   * looks at a bounded number of events. A loop over the list sees to that.
   */
  list<const Filter extends EventFilter<Custom>>(
    query?: AuditQuery<Filter>,
    options?: ReadOptions,
  ): Listing<AuditEntry<Filter, Custom>>;
  /** All that is held, newest first. */
  export(options?: ExportOptions): ReadableStream<Uint8Array>;
}
