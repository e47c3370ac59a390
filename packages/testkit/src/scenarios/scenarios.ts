import { afterAll, beforeAll, describe } from "vitest";
import { alertScenarios } from "./alerts.ts";
import { auditScenarios } from "./audit.ts";
import { catalogueScenarios } from "./catalogue.ts";
import { categoryScenarios } from "./categories.ts";
import { descriptionScenarios } from "./descriptions.ts";
import { eventScenarios } from "./events.ts";
import { fileScenarios } from "./files.ts";
import { incomingScenarios } from "./incoming.ts";
import { liveScenarios } from "./live.ts";
import type { NewShop } from "./new-shop.ts";
import { predictionScenarios } from "./predictions.ts";
import { recommendationScenarios } from "./recommendations.ts";
import { refusalScenarios } from "./refusals.ts";
import { reorderScenarios } from "./reorder.ts";
import { salesScenarios } from "./sales.ts";
import { searchScenarios } from "./search.ts";
import { settingsScenarios } from "./settings.ts";
import { stockScenarios } from "./stock.ts";
import type { OpenTransport, Transport } from "./transport.ts";

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
    descriptionScenarios(newShop);
    stockScenarios(newShop);
    salesScenarios(newShop);
    predictionScenarios(newShop);
    recommendationScenarios(newShop);
    searchScenarios(newShop);
    reorderScenarios(newShop);
    incomingScenarios(newShop);
    alertScenarios(newShop, open);
    categoryScenarios(newShop);
    settingsScenarios(newShop);
    fileScenarios(newShop);
    eventScenarios(newShop);
    auditScenarios(newShop);
    liveScenarios(newShop);
    refusalScenarios(newShop);
  });
}
