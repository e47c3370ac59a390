import { createHash, type Hash, randomUUID } from "node:crypto";
import { encodedValue } from "../../domain/encoded.ts";
import type { ImportFact } from "../../domain/event.ts";
import type { FileSource, ImportResult } from "../../domain/import.ts";
import { AmusedError, notFound } from "../../errors.ts";
import type { Command, Written } from "../../ports/repositories.ts";
import { answerWritten, commandOf, type Deps } from "../deps.ts";
import type { Answer, Context, Services } from "../services.ts";
import { exportAudit, exportProducts, exportSales } from "./export.ts";
import { checkHeader } from "./header.ts";
import { productImporter, readProductCells } from "./import-products.ts";
import { readSaleCells, salesImporter } from "./import-sales.ts";
import { importReport, resultOf } from "./report.ts";
import { piecesOf, readRows } from "./rows.ts";

/** How often an import says how far it is, in rows. */
const progressRows = 1000;
/** How long an idempotency key stays with an import that does not end. */
const leaseMs = 10 * 60_000;

const exporters = { products: exportProducts, sales: exportSales, audit: exportAudit };

/** What is kept under the key of an import: the file is known only once it is read, so that its digest stands beside. */
interface KeptImport {
  digest: string;
  result: ImportResult;
}

/** Catalogues and histories as files, and the images of products. */
export function filesService(deps: Deps): Services["files"] {
  const { repositories } = deps;

  async function run(
    context: Context,
    kind: "products" | "sales",
    file: Parameters<Services["files"]["import"]>[2],
    { format, dryRun, signal }: Parameters<Services["files"]["import"]>[3],
  ): Promise<{ result: ImportResult; last: Written<unknown> | null }> {
    const report = importReport();
    // The batches are commands of their own; the key belongs to the whole import.
    const command = (): Command => commandOf(deps, { ...context, idempotency: null });
    const importer =
      kind === "products"
        ? productImporter({ repositories, currency: deps.currency, command }, { dryRun, report })
        : salesImporter({ repositories, command, importId: randomUUID() }, { dryRun, report });
    const readCells = kind === "products" ? readProductCells : readSaleCells;
    // Sales of the past are no events of their products, but change what is to be expected of them; and a catalogue that
    // was read in makes others similar.
    const expire = async () => {
      if (dryRun) return;
      const { predictions, recommendations } = repositories;
      if (kind === "sales") await predictions.expire(context.sellerId);
      const changed = kind === "sales" ? "bought_together" : "similar";
      if (report.created + report.updated > 0) await recommendations.expire(context.sellerId, changed);
    };
    let done = 0;
    let nextProgress = progressRows;
    let last: Written<unknown> | null = null;
    async function say(type: "import.progressed" | "import.completed"): Promise<void> {
      if (dryRun) return;
      const payload: ImportFact = { kind, done: done - importer.pending(), failed: report.failed };
      last = await repositories.events.append(command(), [{ type, productId: null, payload }]);
      answerWritten(deps, context.sellerId, last);
    }
    try {
      for await (const row of readRows(file, format, (header) => checkHeader(kind, header))) {
        signal?.throwIfAborted();
        if ("error" in row) report.fail(row.row, row.error);
        else await importer.take(format === "csv" ? { ...row, fields: readCells(row.fields) } : row);
        // Progress speaks of what is written: rows that wait in a batch are not done.
        if (++done - importer.pending() < nextProgress) continue;
        nextProgress += progressRows;
        await say("import.progressed");
      }
      await importer.flush();
      await expire();
      await say("import.completed");
    } finally {
      // Again: an import that breaks off has written too, and a prediction that was on its way at the first sees the event only now.
      await expire();
    }
    report.errors.sort((a, b) => a.row - b.row);
    return { result: resultOf(report), last };
  }

  return {
    async import(context, kind, file, options): Promise<Answer<ImportResult>> {
      const command = commandOf(deps, context);
      if (command.idempotency === null || options.dryRun) {
        const { result, last } = await run(context, kind, file, options);
        return answerWritten(deps, context.sellerId, {
          body: encodedValue(result),
          position: last?.position ?? null,
          revision: null,
          replayed: false,
        });
      }
      const begun = await repositories.idempotency.begin(command, leaseMs);
      if (begun === "in_flight")
        throw new AmusedError("idempotency_in_flight", "An import with this key is running.", {
          retryAfter: 5,
        });
      const hash = createHash("sha256");
      if (begun !== "taken") {
        const { digest, result } = begun.body.value as KeptImport;
        for await (const _ of hashed(file, hash)) options.signal?.throwIfAborted();
        if (hash.digest("hex") !== digest)
          throw new AmusedError(
            "idempotency_mismatch",
            `The idempotency key ${command.idempotency.key} was used for another file.`,
            {},
          );
        return answerWritten(deps, context.sellerId, { ...begun, body: encodedValue(result) });
      }
      try {
        const { result, last } = await run(context, kind, hashed(file, hash), options);
        const kept: KeptImport = { digest: hash.digest("hex"), result };
        await repositories.idempotency.finish(command, JSON.stringify(kept), last?.position ?? null);
        return answerWritten(deps, context.sellerId, {
          body: encodedValue(result),
          position: last?.position ?? null,
          revision: null,
          replayed: false,
        });
      } catch (error) {
        await repositories.idempotency.release(command);
        throw error;
      }
    },

    export: ({ sellerId }, kind, format) => exporters[kind](repositories, sellerId, format),

    async image(key) {
      const file = /^[0-9a-f]{64}\.(png|jpg|webp|avif|gif)$/.test(key) ? await deps.files.get(key) : null;
      if (file === null) throw notFound("file", key.slice(0, 100));
      return file;
    },
  };
}

/** The same file; what passes goes into the hash too. */
async function* hashed(file: FileSource, hash: Hash): AsyncGenerator<string | Uint8Array> {
  for await (const piece of piecesOf(file)) {
    hash.update(piece);
    yield piece;
  }
}
