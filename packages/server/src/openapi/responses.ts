import { type ErrorCode, errorStatus } from "@amused/core";
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from "zod-openapi";
import { errorTitles } from "../http/titles.ts";
import type { Route } from "../routes/route.ts";
import { problemShape } from "./shapes.ts";

const codes = Object.keys(errorStatus) as ErrorCode[];

/** One response for each status of an error, naming the codes that come with it. */
export function responses(): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(codes, (code) => errorStatus[code]);
  const all = [...byStatus].map(([status, codes]) => {
    const description = codes.map((code) => `\`${code}\`: ${errorTitles[code]}`).join(". ");
    return [
      `Problem${status}`,
      { description, content: { "application/problem+json": { schema: problemShape } } },
    ] as const;
  });
  return Object.fromEntries(all);
}

/** The refusals that this route knows. */
export function refusals(route: Route): ZodOpenApiResponsesObject {
  const statuses = new Set([400, 500, 503]);
  if (route.scope !== "public") for (const status of [401, 403, 429]) statuses.add(status);
  if (route.path.includes("{")) statuses.add(404);
  if (route.scope !== "public" && route.method !== "GET")
    for (const status of [409, 422]) statuses.add(status);
  if (route.versioned) statuses.add(412);
  if (route.body !== undefined) for (const status of [413, 415]) statuses.add(status);
  if (route.path.startsWith("/v1/")) statuses.add(406);
  if (route.path === "/v1/events") statuses.add(410).add(404);
  if (route.query !== undefined && "productId" in route.query.shape) statuses.add(404);
  // Their bodies name products.
  if (["/v1/sales", "/v1/returns", "/v1/incoming"].includes(route.path)) statuses.add(404);
  // Open by its route, and yet for those with an admin key or the metrics token only.
  if (route.path === "/metrics") statuses.add(401).add(403);
  const sorted = [...statuses].sort((a, b) => a - b);
  return Object.fromEntries(
    sorted.map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]),
  );
}
