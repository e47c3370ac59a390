/**
 * Tells the other processes on the same store that a seller's log has grown. A hint and no more: it may be lost, doubled
 * or late. The log is the truth, and whoever follows one looks at its head every two seconds besides.
 */
export interface Broadcaster {
  /** Tells the others; returns at once and never throws. What can not be told now is forgotten. */
  publish(sellerId: string): void;
  /** Hears what the others tell, not what is told here, until it is closed. */
  listen(heard: (sellerId: string) => void): void;
  close(): Promise<void>;
}
