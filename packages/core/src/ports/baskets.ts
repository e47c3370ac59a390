/** What was bought together: two products or more. */
export interface Basket {
  orderId: string;
  /** In their order; 1,000 at most. */
  productIds: number[];
}

export interface BasketRequest {
  /** Goes on after this sale's id; 0 from the first. */
  after: number;
  /** Stops at the first sale written at this moment or later. */
  before: Date | null;
  limit: number;
}

/** An order that held two products. */
export interface SharedOrder {
  orderId: string;
  soldAt: string;
  /** Of the two, by id. */
  saleIds: number[];
}
