import {
  AmusedError,
  type ExportKind,
  type FileFormat,
  importQuerySchema,
  notFound,
  parse,
} from "@amused/core";
import { negotiate } from "../http/accept.ts";
import { streamBytes } from "../http/body.ts";
import { checkNotEncoded } from "../http/json.ts";
import { answerReply, type Reply } from "../http/reply.ts";
import { textStream } from "../http/text-stream.ts";
import { importResultShape } from "../openapi/shapes.ts";
import type { Route, SellerCall } from "./route.ts";

const tag = "Files";
const importTypes = ["text/csv", "application/x-ndjson"] as const;
const imports = {
  products:
    "CSV (`sku,name,description,price,currency,quantity,category,reorderPoint,leadTimeDays,serviceLevel,packSize,minimumOrder` and `attributes.<name>`; `sku` or `name` is needed) or NDJSON. Products are upserted by SKU, an unchanged row is skipped, `quantity` counts the stock, and an empty cell leaves the value as it is.",
  sales:
    "CSV (`sku,quantity,price,soldAt,orderId`; `productId` may stand for `sku`; `price` and `orderId` may be left out) or NDJSON. History: stock is left alone, a negative quantity is a return, and a line whose order and product are known already is skipped.",
};

const again = "; it imports again unchanged.";
const exports = {
  products: { id: "exportProducts", scope: "read", says: again },
  sales: { id: "exportSales", scope: "read", says: again },
  audit: { id: "exportAudit", scope: "write", says: ": all of the log that is held, newest first." },
} as const;

export const fileRoutes: Route[] = [
  ...(["products", "sales"] as const).flatMap((kind): Route[] => [
    {
      method: "POST",
      path: `/v1/imports/${kind}`,
      id: kind === "products" ? "importProducts" : "importSales",
      cost: 20,
      tag,
      scope: "write",
      summary: `Import ${kind}`,
      description: `${imports[kind]} Good rows go in beside bad ones, which \`errors\` tells by their number, counted from 1 after the header. The file is read as it comes: with an \`Idempotency-Key\`, a file sent again is read to its end, and another one is refused then.`,
      query: importQuerySchema,
      body: { kind: "file", types: importTypes },
      success: { status: 200, description: "What was done, or would be", schema: importResultShape },
      handle: (call) => importFile(call, kind),
    },
  ]),
  ...(["products", "sales", "audit"] as const).map(
    (kind): Route => ({
      method: "GET",
      path: `/v1/exports/${kind}`,
      id: exports[kind].id,
      cost: 20,
      tag,
      scope: exports[kind].scope,
      summary: `Export ${kind === "audit" ? "who did what" : kind}`,
      description: `CSV, or NDJSON by \`Accept: application/x-ndjson\`${exports[kind].says}`,
      success: { status: 200, description: "The file", types: importTypes },
      handle: (call: SellerCall) => exportFile(call, kind),
    }),
  ),
  {
    method: "GET",
    path: "/v1/files/{key}",
    id: "getFile",
    tag,
    scope: "public",
    summary: "Get an image",
    description: "Named by its content, so that it never changes.",
    success: { status: 200, description: "The image", types: ["image/*"] },
    async handle({ house, param, request }) {
      const key = param("key") ?? "";
      const headers = {
        "cache-control": "public, max-age=31536000, immutable",
        etag: `"${key}"`,
        "cross-origin-resource-policy": "cross-origin",
        // Opened by itself, a picture can not run anything.
        "content-security-policy": "default-src 'none'; sandbox",
      };
      if (!/^[\w.-]{1,200}$/.test(key)) throw notFound("file", key.slice(0, 100));
      const { bytes, type } = await house.amused.services.files.image(key);
      const body = request.method === "HEAD" ? null : (bytes as Uint8Array<ArrayBuffer>);
      return {
        status: 200,
        headers: { ...headers, "content-type": type, "content-length": String(bytes.byteLength) },
        body,
      };
    },
  },
];

async function importFile(
  { house, context, query, request }: SellerCall,
  kind: "products" | "sales",
): Promise<Reply> {
  const { dryRun } = parse(importQuerySchema, query);
  const format = formatOf(request);
  const leave = house.takeImport(context.sellerId);
  try {
    const { import: bytes, requestMs: silenceMs } = house.limits;
    const file = streamBytes(request, { bytes, silenceMs });
    // A sender that goes away ends its body, so that no signal is needed to stop.
    return answerReply(await house.amused.services.files.import(context, kind, file, { format, dryRun }));
  } finally {
    leave();
  }
}

function formatOf(request: Request): FileFormat {
  checkNotEncoded(request);
  const [type, ...parameters] = (request.headers.get("content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const inUtf8 = parameters.every((parameter) => !/^charset=(?!"?utf-8"?\s*$)/.test(parameter));
  if (type === "text/csv" && inUtf8) return "csv";
  if ((type === "application/x-ndjson" || type === "application/ndjson") && inUtf8) return "ndjson";
  const message = `The file must be sent as ${importTypes.join(" or ")}, in UTF-8.`;
  throw new AmusedError("unsupported_media_type", message, { supported: [...importTypes] });
}

async function exportFile(
  { house, context, request, requestId }: SellerCall,
  kind: ExportKind,
): Promise<Reply> {
  const type = negotiate(request.headers.get("accept"), importTypes);
  const format = type === "text/csv" ? "csv" : "ndjson";
  const headers: Record<string, string> = {
    "content-type": format === "csv" ? "text/csv; charset=utf-8; header=present" : type,
    "content-disposition": `attachment; filename="${kind}.${format}"`,
    vary: "Accept",
  };
  if (request.method === "HEAD") return { status: 200, headers, body: null };
  const onError = (err: unknown) =>
    house.logger.error({ err, "http.request.id": requestId }, `The export of ${kind} broke off`);
  return {
    status: 200,
    headers,
    body: await textStream(house.amused.services.files.export(context, kind, format), onError),
  };
}
