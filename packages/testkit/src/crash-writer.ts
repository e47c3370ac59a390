import type { Command, Store, Written } from "@amused/core";
import { productRow } from "./commands.ts";
import type { Acknowledged } from "./crash.ts";

/**
 * Writes to a store for ever, four at a time, and prints a line for each write as soon as it is acknowledged. For the
 * process that the suite kills; end of the parent ends it too.
 *
 * @example
 * // writer.ts, run as `node writer.ts ./data`
 * await writeUntilKilled(await pgliteStore(process.argv[2]));
 */
export async function writeUntilKilled(store: Store): Promise<never> {
  process.stdin.resume().on("end", () => process.exit(3));
  const writers = Array.from({ length: 4 }, (_, writer) => writeOn(store, writer));
  return Promise.race(writers);
}

async function writeOn(store: Store, writer: number): Promise<never> {
  // Two writers share a log, so that its order is at stake too.
  const sellerId = `crash-${writer % 2}`;
  for (let n = 0; ; n++) {
    const key = `crash ${writer} ${n}`;
    const command: Command = {
      sellerId,
      actor: null,
      at: new Date(),
      epoch: "crash",
      idempotency: { key, hash: key },
    };
    const made = await store.products.create(command, productRow({ sku: `C-${writer}-${n}`, quantity: 5 }));
    const { id: productId } = made.body.value;
    acknowledge(made, { sellerId, productId, type: "product.created", quantity: 5, key });

    const sold = { ...command, idempotency: { key: `${key} sale`, hash: key } };
    const lines = [{ productId, quantity: 2, price: null }];
    const sale = await store.sales.record(sold, {
      kind: "sale",
      orderId: key,
      soldAt: command.at.toISOString(),
      lines,
    });
    acknowledge(sale, { sellerId, productId, type: "sale.recorded", quantity: 3, key: `${key} sale` });
  }
}

function acknowledge({ position }: Written<unknown>, write: Omit<Acknowledged, "seq">): void {
  process.stdout.write(`${JSON.stringify({ ...write, seq: position?.seq ?? 0 } satisfies Acknowledged)}\n`);
}
