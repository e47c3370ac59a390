import type { Seller } from "@amused/core";

/** Gives each scenario a seller that no other scenario has seen. */
export type NewShop = () => Promise<Seller>;
