/** The erasing of a seller: how far it is, and afterwards all that is left of that seller. */
export interface Erasure {
  sellerId: string;
  /** `erasing` until nothing of the seller is left. */
  state: "erasing" | "erased";
  requestedAt: string;
  /** Who asked for it, as the transport or the host named them. */
  requestedBy: string | null;
  finishedAt: string | null;
  /** How many rows were taken away so far. */
  rows: number;
}
