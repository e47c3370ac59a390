import type { PromiseGroup } from "./bench.ts";
import { alertPasses } from "./promises/alert-passes.ts";
import { alerts } from "./promises/alerts.ts";
import { atomicity } from "./promises/atomicity.ts";
import { audit } from "./promises/audit.ts";
import { baskets } from "./promises/baskets.ts";
import { categories } from "./promises/categories.ts";
import { categorySuggestions } from "./promises/category-suggestions.ts";
import { consumers } from "./promises/consumers.ts";
import { crash } from "./promises/crash.ts";
import { deadLetters } from "./promises/dead-letters.ts";
import { demand } from "./promises/demand.ts";
import { erasures } from "./promises/erasures.ts";
import { events } from "./promises/events.ts";
import { fidelity } from "./promises/fidelity.ts";
import { idempotency } from "./promises/idempotency.ts";
import { imports } from "./promises/imports.ts";
import { incoming } from "./promises/incoming.ts";
import { keys } from "./promises/keys.ts";
import { ledger } from "./promises/ledger.ts";
import { order } from "./promises/order.ts";
import { paging } from "./promises/paging.ts";
import { predictionPasses } from "./promises/prediction-passes.ts";
import { predictions } from "./promises/predictions.ts";
import { products } from "./promises/products.ts";
import { recommendationPasses } from "./promises/recommendation-passes.ts";
import { recommendations } from "./promises/recommendations.ts";
import { retention } from "./promises/retention.ts";
import { sales } from "./promises/sales.ts";
import { search } from "./promises/search.ts";
import { settings } from "./promises/settings.ts";
import { stock } from "./promises/stock.ts";
import { tenants } from "./promises/tenants.ts";
import { durability, upkeep } from "./promises/upkeep.ts";

/** Everything that the `Store` port promises, as far as it can be tried. */
export const storePromises: readonly PromiseGroup[] = [
  ...[products, search, paging, stock, ledger, sales, imports],
  ...[
    events,
    audit,
    order,
    atomicity,
    idempotency,
    tenants,
    keys,
    fidelity,
    retention,
    consumers,
    deadLetters,
  ],
  ...[incoming, demand, predictions, predictionPasses, recommendations, recommendationPasses],
  ...[baskets, settings, categories, categorySuggestions],
  ...[alerts, alertPasses],
  ...[erasures, upkeep, durability, crash],
];
