import { memoryStore } from "@amused/core";
import { expect, test } from "vitest";
import { defaultSizes } from "../src/bench.ts";
import type { Crash } from "../src/index.ts";
import { crash } from "../src/promises/crash.ts";

// The promise itself is kept by stores that outlive their process. Here is what it must not take for kept.

async function tryCrash(script: string): Promise<void> {
  const setup: Crash = { command: process.execPath, args: ["-e", script], open: async () => memoryStore() };
  const store = memoryStore();
  await crash.promises[0]?.keep({
    ...{ store, stores: [store], sizes: { ...defaultSizes, acknowledged: 20 }, seed: 1 },
    ...{ seller: () => "nobody", reopen: undefined, crash: async () => setup },
  });
}

const write = `console.log(JSON.stringify({ sellerId: "crash-0", productId: 1, seq: 1, type: "product.created", quantity: 5, key: "k" }));`;

test("acknowledged writes that are not there are found out", async () => {
  await expect(tryCrash(`setInterval(() => { ${write} }, 1)`)).rejects.toThrow(/k/);
});

test("a writer that ends by itself was not killed while it wrote", async () => {
  await expect(tryCrash(write.repeat(5))).rejects.toThrow(/killed/);
  await expect(tryCrash("throw new Error('no disk')")).rejects.toThrow(/no disk/);
});
