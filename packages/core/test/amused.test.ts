import { spawnSync } from "node:child_process";
import { type AmusedOptions, createAmused, defineEvents, memoryStore } from "@amused/core";
import { expect, test } from "vitest";
import { z } from "zod";

const refused = (message: RegExp) => ({ code: "invalid_request", message: expect.stringMatching(message) });

test("what is not a store is refused, and said to be none", async () => {
  for (const store of [undefined, {}, "./data"])
    await expect(createAmused({ store } as unknown as AmusedOptions)).rejects.toMatchObject(
      refused(/^store: must be a store/),
    );
});

test("a Node that is too old is told which one is needed", () => {
  const old = `
    delete Map.groupBy;
    const { createAmused, memoryStore } = await import("@amused/core");
    await createAmused({ store: memoryStore() }).catch((error) => console.log(String(error)));`;
  const flags = ["--conditions=@amused/source", "--input-type=module", "-e", old];
  const { stdout, stderr } = spawnSync(process.execPath, flags, {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual(["Error: Amused needs Node 22.12 or newer.\n", ""]);
});

test("a refusal of an option or argument names it", async () => {
  const store = memoryStore();
  await expect(createAmused({ store, currency: "euro" })).rejects.toMatchObject(
    refused(/^currency: must be an ISO 4217 code/),
  );
  await expect(createAmused({ store, retention: { days: 0 } })).rejects.toMatchObject(
    refused(/^retention\.days: /),
  );
  for (const threads of [-1, 1.5, 65, "2"])
    await expect(createAmused({ store, threads } as AmusedOptions)).rejects.toMatchObject(
      refused(/^threads: must be /),
    );
  const amused = await createAmused({ store });
  expect(() => amused.events.consume("amused.stock", ["*"], () => {})).toThrow(/^name: must not begin/);
  expect(() => amused.seller("")).toThrow(/^sellerId: must not be empty/);
  expect(() => amused.events.consume("a b", ["*"], () => {})).toThrow(/^name: must be letters/);
  expect(() => amused.events.consume("a", [], () => {})).toThrow(/^types: must name at least one type/);
  expect(() => defineEvents({ "sale.said": z.object({}) })).toThrow(/^events\.sale\.said: must not begin/);
  await amused.close();
});
