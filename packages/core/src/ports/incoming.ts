import type { IncomingReceived, IncomingState, IncomingStock } from "../domain/incoming.ts";
import type { Command, Written } from "./command.ts";
import type { PageRequest, Read, Rows } from "./rows.ts";

export interface IncomingRow {
  productId: number;
  quantity: number;
  expectedOn: string;
  reference: string | null;
}

/** What is `undefined` stays as it is. */
export interface IncomingEdit {
  quantity?: number | undefined;
  expectedOn?: string | undefined;
  reference?: string | null | undefined;
}

export interface IncomingFilter extends PageRequest {
  productId: number | null;
  state: IncomingState | null;
}

/** Goods on their way. Each change of one throws `not_found` where there is none, and `conflict` with its `state` where it is not open. */
export interface IncomingRepository {
  /** Event `incoming.created`. Throws `not_found` for a product that there is not, or not any longer. */
  create(command: Command, row: IncomingRow): Promise<Written<IncomingStock>>;
  find(sellerId: string, id: number): Promise<Read<IncomingStock> | null>;
  /**
   * What is open by the day it is expected on, soonest first; behind it the rest, latest first; of a day by id. Throws
   * `not_found` for a product that never was.
   */
  list(sellerId: string, filter: IncomingFilter): Promise<Rows<IncomingStock>>;
  /**
   * Event `incoming.updated`; none where nothing would change. `conflict` with what was `received`, too, where no more than
   * that would be ordered.
   */
  update(command: Command, id: number, edit: IncomingEdit): Promise<Written<IncomingStock>>;
  /**
   * So many have come (`null`: all that is still to come), more than were ordered if need be: a movement of the product's
   * stock, reason `received`, cause the reference or `incoming:<id>`, with the events `stock.adjusted` and
   * `incoming.received`. Stays open while some is still to come. Throws `not_found` for a product that is deleted.
   */
  receive(command: Command, id: number, quantity: number | null): Promise<Written<IncomingReceived>>;
  /** What is still to come will not. Event `incoming.cancelled`. */
  cancel(command: Command, id: number): Promise<Written<null>>;
}
