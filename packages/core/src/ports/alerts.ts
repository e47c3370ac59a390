import type { Alert, AlertDraft, AlertKind, AlertState } from "../domain/alert.ts";
import type { AlertChange } from "../domain/alert-life.ts";
import type { Command, Written } from "./command.ts";
import type { ProductKey } from "./predictions.ts";
import type { PageRequest, Read, Rows } from "./rows.ts";

/** What alerts of a product are raised and ended by, from one snapshot. */
export interface WatchedProduct {
  /** `null` where it is deleted, or never was. */
  product: {
    quantity: number;
    reorderPoint: number | null;
    /** Whether there ever was a movement of its stock. */
    stocked: boolean;
  } | null;
  /** The current prediction of its stock. */
  stockout: { id: number; data: unknown } | null;
  /** Those that are current: their cause was not seen to go. */
  alerts: Alert[];
}

/** What was seen of an alert's cause, without a change of its state. */
export interface AlertSight extends Pick<Alert, "id" | "version" | "evidence" | "clearSince"> {}

export interface AlertSteps {
  open: AlertDraft[];
  change: AlertChange[];
}

/**
 * What asks for somebody. An alert is current from when it is raised until its cause is seen to go, also where somebody
 * resolved it before: of each product and kind one is, at most. Ended ones are kept for 400 days, and longer where no other
 * of their product and kind came.
 */
export interface AlertRepository {
  watch(sellerId: string, productId: number): Promise<WatchedProduct>;
  /**
   * Takes all steps, or none: `null` when an alert has not (any longer) the version said, when one to be raised is
   * current, or when its product is unknown or deleted. The events of the changes, then `alert.opened` for each that is
   * raised; a changed alert's version is raised by one. Answers with the alerts in that order.
   */
  write(command: Command, steps: AlertSteps): Promise<Written<Alert[]> | null>;
  /** Notes what was seen, without an event or another version. `false` when an alert has not the version said; others may be noted. */
  observe(sellerId: string, sights: AlertSight[]): Promise<boolean>;
  /** Notes that people were told of an open alert, and raises its version. `false` when it is not open, or they were. */
  told(sellerId: string, id: number, at: Date): Promise<boolean>;
  find(sellerId: string, id: number): Promise<Read<Alert> | null>;
  /** Newest first. Throws `not_found` for a product that never was. */
  list(
    sellerId: string,
    filter: PageRequest & {
      states: readonly AlertState[] | null;
      kind: AlertKind | null;
      productId: number | null;
      /** Among these only. */
      ids?: readonly number[];
    },
  ): Promise<Rows<Alert>>;
  /**
   * Products of all sellers with an alert whose snooze is over, or that is current and clear since this moment or before; by
   * seller and id.
   */
  due(request: {
    now: Date;
    clearSince: Date;
    limit: number;
    after: ProductKey | null;
  }): Promise<ProductKey[]>;
}
