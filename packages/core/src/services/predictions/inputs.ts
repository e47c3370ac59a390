import type { PredictionReason } from "../../domain/prediction.ts";
import type { Replenishment } from "../../domain/replenishment.ts";
import { defaultSettings, type SellerSettings } from "../../domain/settings.ts";
import type { ProductDemand } from "../../ports/demand.ts";

/** The longest lead time that is reckoned with, in days. */
export const mostLeadTime = 365;

/** What an order rests on, and whose each value is: the product's own, the seller's, or what is assumed where nothing is set. */
export interface Inputs extends Replenishment {
  because: PredictionReason[];
}

export function inputsOf(product: ProductDemand, seller: Partial<SellerSettings>): Inputs {
  const choose = (name: keyof Replenishment): { value: number; source: "product" | "seller" | "assumed" } => {
    const [own, set] = [product[name], seller[name]];
    if (own !== null) return { value: own, source: "product" };
    return set === undefined
      ? { value: defaultSettings[name], source: "assumed" }
      : { value: set, source: "seller" };
  };
  const [lead, service] = [choose("leadTimeDays"), choose("serviceLevel")];
  const [pack, minimum] = [choose("packSize"), choose("minimumOrder")];
  return {
    ...{ leadTimeDays: lead.value, serviceLevel: service.value },
    ...{ packSize: pack.value, minimumOrder: minimum.value },
    because: [
      {
        ...{ kind: "lead_time", days: lead.value, source: lead.source },
        ...(lead.value > mostLeadTime && { counted: mostLeadTime }),
      },
      { kind: "service_level", level: service.value, source: service.source },
      { kind: "pack_size", units: pack.value, source: pack.source },
      { kind: "minimum_order", units: minimum.value, source: minimum.source },
    ],
  };
}
