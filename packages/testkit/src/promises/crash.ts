import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Store } from "@amused/core";
import { expect } from "vitest";
import type { PromiseGroup } from "../bench.ts";
import { keyed } from "../commands.ts";
import type { Acknowledged, Crash } from "../crash.ts";
import { allEvents, allSales, ledgerOf } from "../reading.ts";

export const crash: PromiseGroup = {
  about: "what was acknowledged is there after kill -9",
  promises: [
    {
      title:
        "a writer is killed while it writes: every write it was told of is there, with its event and its key",
      needs: "crash",
      async keep({ crash, sizes }) {
        if (crash === undefined) return expect.fail("no crash was set up");
        const setup = await crash();
        try {
          const acknowledged = await killWhileWriting(setup, sizes.acknowledged);
          const store = await setup.open();
          try {
            await checkWrites(store, acknowledged);
          } finally {
            await store.close();
          }
        } finally {
          await setup.cleanup?.();
        }
      },
    },
  ],
};

/** Kills the writer once it has been told of so many writes, and says which: all lines up to its death count. */
async function killWhileWriting({ command, args, env }: Crash, enough: number): Promise<Acknowledged[]> {
  const writer = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  writer.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-4000);
  });
  const ended = once(writer, "close");
  const acknowledged: Acknowledged[] = [];
  let running = true;
  // A line that the kill cut in half was not read by anyone: no one was told of that write.
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line.endsWith("}")) acknowledged.push(JSON.parse(line));
    if (acknowledged.length < enough || !running) continue;
    expect(isAlive(writer), `the writer is still writing: ${complaint}`).toBe(true);
    running = false;
    writer.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  expect({ code, signal }, `the writer was killed and did not end by itself: ${complaint}`).toEqual({
    code: null,
    signal: "SIGKILL",
  });
  expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
  return acknowledged;
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function checkWrites(store: Store, acknowledged: Acknowledged[]): Promise<void> {
  for (const sellerId of new Set(acknowledged.map((write) => write.sellerId))) {
    // Checked to be dense: a write that got lost would leave a hole.
    const events = await allEvents(store, sellerId);
    const writes = acknowledged.filter((write) => write.sellerId === sellerId);
    for (const { seq, type, productId, key } of writes) {
      expect(events[seq - 1], key).toMatchObject({ seq, type, productId });
      expect(
        await store.idempotency.find(keyed(sellerId, key, key.replace(/ sale$/, ""))),
        key,
      ).not.toBeNull();
    }
    // The last that was acknowledged about a product, or what came after it before the kill.
    const products = new Map(writes.map((write) => [write.productId, write]));
    const sold = new Set((await allSales(store, sellerId)).map(({ productId }) => productId));
    for (const { productId, quantity, type } of products.values()) {
      const found = (await store.products.find(sellerId, productId))?.body.value.quantity;
      expect(found).toBe(sold.has(productId) ? 3 : 5);
      if (type === "sale.recorded") expect(found).toBe(quantity);
      expect((await ledgerOf(store, sellerId, productId)).at(-1)?.quantity).toBe(found);
    }
  }
}
