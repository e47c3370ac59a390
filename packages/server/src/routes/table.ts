import { alertRoutes } from "./alerts.ts";
import { auditRoutes } from "./audit.ts";
import { categoryRoutes } from "./categories.ts";
import { eventRoutes } from "./events.ts";
import { fileRoutes } from "./files.ts";
import { healthRoutes } from "./health.ts";
import { incomingRoutes } from "./incoming.ts";
import { keyRoutes } from "./keys.ts";
import { pageRoutes } from "./pages.ts";
import { predictionRoutes } from "./predictions.ts";
import { productRoutes } from "./products.ts";
import { recommendationRoutes } from "./recommendations.ts";
import type { Route } from "./route.ts";
import { saleRoutes } from "./sales.ts";
import { sellerRoutes } from "./sellers.ts";
import { settingsRoutes } from "./settings.ts";
import { stockRoutes } from "./stock.ts";
import { streamTokenRoutes } from "./stream-tokens.ts";

/** Everything that the server answers. */
export const routes: readonly Route[] = [
  ...productRoutes,
  ...stockRoutes,
  ...saleRoutes,
  ...incomingRoutes,
  ...predictionRoutes,
  ...recommendationRoutes,
  ...alertRoutes,
  ...categoryRoutes,
  ...settingsRoutes,
  ...fileRoutes,
  ...eventRoutes,
  ...auditRoutes,
  ...streamTokenRoutes,
  ...keyRoutes,
  ...sellerRoutes,
  ...healthRoutes,
  ...pageRoutes,
];
