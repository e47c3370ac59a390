import type { Seller } from "@amused/core";
import { afterAll, beforeAll, describe } from "vitest";
import { catalogueScenarios } from "./catalogue.ts";
import { eventScenarios } from "./events.ts";
import { fileScenarios } from "./files.ts";
import { liveScenarios } from "./live.ts";
import type { NewShop } from "./new-shop.ts";
import { predictionScenarios } from "./predictions.ts";
import { refusalScenarios } from "./refusals.ts";
import { salesScenarios } from "./sales.ts";
import { settingsScenarios } from "./settings.ts";
import { stockScenarios } from "./stock.ts";

/** A transport under test: how to get the interface of a seller, by whatever way. */
export interface Transport {
  name: string;
  /** Begins with nothing in it. */
  open(): Promise<OpenTransport>;
}

export interface OpenTransport {
  /** The interface of a seller; called with few ids, each time with the same rights. */
  seller(id: string): Promise<Seller>;
  close(): Promise<void>;
}

/**
 * What a user of the seller's interface can rely on, whichever transport is behind it: run it on core in process and on
 * the client over HTTP, and the same promises must hold.
 *
 * @example
 * transportScenarios({ name: "in process", open: async () => {
 *   const amused = await createAmused({ store: memoryStore() });
 *   return { seller: async (id) => amused.seller(id), close: () => amused.close() };
 * } });
 */
export function transportScenarios({ name, open }: Transport): void {
  describe(`the seller's interface ${name}`, () => {
    let transport: OpenTransport;
    let count = 0;
    beforeAll(async () => {
      transport = await open();
    });
    afterAll(() => transport.close());
    const newShop: NewShop = () => transport.seller(`shop-${++count}`);

    catalogueScenarios(newShop);
    stockScenarios(newShop);
    salesScenarios(newShop);
    predictionScenarios(newShop);
    settingsScenarios(newShop);
    fileScenarios(newShop);
    eventScenarios(newShop);
    liveScenarios(newShop);
    refusalScenarios(newShop);
  });
}
