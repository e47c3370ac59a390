import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import type { Route } from "../routes/route.ts";
import { version } from "../version.ts";
import { operation } from "./operation.ts";
import { responses } from "./responses.ts";
import * as shapes from "./shapes.ts";

const description = `Products, stock, sales, and the log of everything that happens to them.

- **Errors** are RFC 9457 \`application/problem+json\` with a closed \`code\`; \`errors\` lists every fault by its path.
- **Idempotency**: every POST, PATCH, PUT and DELETE takes an \`Idempotency-Key\`, kept with its effect for 24 hours; a replay answers the first response with \`Idempotency-Replayed: true\`.
- **Lists** are keyset-paged: \`?limit=50&cursor=…\` → \`{ items, nextCursor }\`.
- **Cursors**: a write answers with \`Amused-Cursor\`; a read that carries it sees that write.
- **Admin keys** belong to no seller, and act for one with \`?sellerId=\`.`;

/** The OpenAPI 3.1 document of these routes, on a server that has them under a path, if one is said. */
export function openApiDocument(routes: readonly Route[], basePath = ""): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    if (route.tag === "Pages") continue;
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Amused", version, description, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: basePath || "/", description: "This server" }],
    security: [{ key: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))]
      .filter((tag) => tag !== "Pages")
      .map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description:
            "An API key, a JWT of the issuer that the server accepts, or a stream token on the stream",
        },
      },
      schemas: {
        Product: shapes.productShape,
        Movement: shapes.movementShape,
        Sale: shapes.saleShape,
        SalesDay: shapes.dayShape,
        Event: shapes.eventShape,
        ApiKey: shapes.keyShape,
        ImportResult: shapes.importResultShape,
        Problem: shapes.problemShape,
      },
      responses: responses(),
    },
  });
}
