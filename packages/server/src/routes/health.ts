import { AmusedError, isAmusedError } from "@amused/core";
import { checkScope } from "../auth/access.ts";
import { equal } from "../auth/admin-key.ts";
import { jsonReply } from "../http/reply.ts";
import { sha256 } from "../http/sha256.ts";
import { modelMetrics } from "../metrics/models.ts";
import { predictionMetrics } from "../metrics/predictions.ts";
import { healthShape } from "../openapi/shapes.ts";
import type { Call, Route } from "./route.ts";

const tag = "Health";
const fresh = { "cache-control": "no-store" };

export const healthRoutes: Route[] = [
  {
    method: "GET",
    path: "/health/live",
    id: "live",
    tag,
    scope: "public",
    summary: "Whether the process runs",
    success: { status: 200, description: "It does", schema: healthShape },
    handle: () => jsonReply({ status: "ok" }, 200, fresh),
  },
  {
    method: "GET",
    path: "/health/ready",
    id: "ready",
    tag,
    scope: "public",
    summary: "Whether requests should be sent here",
    description: "503 with `degraded` while a dependency is down, with `draining` while the server stops.",
    success: { status: 200, description: "They should", schema: healthShape },
    async handle({ house, requestId }) {
      if (house.streams.draining) return jsonReply({ status: "draining", checks: {} }, 503, fresh);
      try {
        await inTime(house.amused.ready());
        return jsonReply({ status: "ok" }, 200, fresh);
      } catch (err) {
        if (!isAmusedError(err))
          house.logger.error({ err, "http.request.id": requestId }, "The store is not ready");
        return jsonReply({ status: "degraded", checks: { store: "unavailable" } }, 503, fresh);
      }
    },
  },
  {
    method: "GET",
    path: "/metrics",
    id: "metrics",
    tag,
    scope: "public",
    summary: "Counters for Prometheus",
    description: "Needs an admin key or the metrics token.",
    success: { status: 200, description: "Counters in Prometheus' text format", types: ["text/plain"] },
    async handle(call) {
      await call.house.guard(call, false, () => checkScraper(call));
      const { metrics, streams, amused, options } = call.house;
      const { failures = { background: 0, unhandled: 0 } } = options;
      const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8", ...fresh };
      return {
        status: 200,
        headers,
        body:
          metrics.text({ streams: streams.size, gaps: amused.services.events.counters.gaps, failures }) +
          predictionMetrics(amused.services.predictions.counters) +
          modelMetrics(amused.services.models.counters),
      };
    },
  },
];

/** How long the store may take: whoever asks gives up after some seconds, and would not be told why. */
const readyMs = 2_000;

async function inTime(ready: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const slow = new AmusedError("unavailable", "The store does not answer.", { retryAfter: 1 });
    timer = setTimeout(() => reject(slow), readyMs);
  });
  await Promise.race([ready, late]).finally(() => clearTimeout(timer));
}

async function checkScraper({ house, request }: Call): Promise<void> {
  const { metricsToken } = house.options;
  const header = request.headers.get("authorization");
  if (
    metricsToken !== undefined &&
    header !== null &&
    equal(await sha256(header), await sha256(`Bearer ${metricsToken}`))
  )
    return;
  const access = await house.authenticate(request, false);
  checkScope(access, "admin");
}
