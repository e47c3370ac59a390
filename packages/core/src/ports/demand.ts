import type { Replenishment } from "../domain/replenishment.ts";

/** A product's history as an engine takes it, and what else is known of it. */
export interface ProductDemand extends Nullable<Replenishment> {
  productId: number;
  /** The UTC day of its first movement or sale, whichever came first; `null` where there is neither. */
  firstDay: string | null;
  /** Units sold on each day of the span. What came back is no demand, and takes none away. */
  units: number[];
  /** For each day of the span, whether a moment without stock is known of it; as in `SaleRepository.daily`. */
  stockedOut: boolean[];
  quantity: number;
  price: string;
  reorderPoint: number | null;
  category: string | null;
  /** Units that are still to come, by the days on which they are expected: the 500 earliest. */
  incoming: { expectedOn: string; quantity: number }[];
}

/** `null` is as the seller's settings have it. */
type Nullable<T> = { [Name in keyof T]: T[Name] | null };

export interface DemandSpan {
  /** 500 at most. */
  productIds: number[];
  /** The first and the last day, both included. */
  from: string;
  to: string;
}

/** What passes over catalogues read. */
export interface DemandRepository {
  /** In the order of ids; unknown and deleted products are left out. `basedOn` is a head of the log that all of it knows, 0 where there is none. */
  read(sellerId: string, span: DemandSpan): Promise<{ basedOn: number; products: ProductDemand[] }>;
  /** Ids of products that are not deleted, in their order, after this one. */
  active(sellerId: string, page: { after: number; limit: number }): Promise<number[]>;
  /** Sellers with products that are not deleted, by code point, after this one (`""`: from the first). */
  sellers(page: { after: string; limit: number }): Promise<string[]>;
}
