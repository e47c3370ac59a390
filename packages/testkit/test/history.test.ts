import { createAmused, memoryStore } from "@amused/core";
import { beforeAll, describe, expect, test } from "vitest";
import { type History, historyFaults, type LogEvent, type Operation, type ReaderLog } from "../src/index.ts";

let good: History;

/** A small history on a store in memory, which is as it should be. */
beforeAll(async () => {
  const amused = await createAmused({ store: memoryStore() });
  const shop = amused.seller("acme");
  const { id: tea } = await shop.products.create({ sku: "create", name: "Tea", quantity: 5 });
  await shop.products.update(tea, { description: "edit" });
  await shop.sales.record({
    orderId: "sale",
    lines: [
      { productId: tea, quantity: 2 },
      { productId: tea, quantity: 1 },
    ],
  });
  await shop.stock.adjust(tea, { adjust: 4, reason: "adjust" });
  await shop.sales.record({ orderId: "unanswered", lines: [{ productId: tea, quantity: 1 }] });
  const log: LogEvent[] = (await shop.events.list()).items;
  const ledger = (await shop.stock.movements(tea)).items.reverse();
  const { quantity } = await shop.products.get(tea);
  await amused.close();

  const sold = (quantity: number) => ({
    type: "sale.recorded",
    productId: tea,
    payload: { quantity },
  });
  const operations: Omit<Operation, "began" | "ended">[] = [
    { name: "create", outcome: "ok", facts: [{ type: "product.created", productId: tea }] },
    { name: "edit", outcome: "ok", facts: [{ type: "product.updated", productId: tea }] },
    { name: "sale", outcome: "ok", facts: [sold(2), sold(1)] },
    { name: "refused", outcome: "fail", facts: [sold(100)] },
    {
      name: "adjust",
      outcome: "ok",
      facts: [{ type: "stock.adjusted", payload: { delta: 4, quantity: 6 } }],
    },
    { name: "unanswered", outcome: "unknown", facts: [sold(1)] },
    { name: "never", outcome: "unknown", facts: [sold(1)] },
  ];
  const reader = (name: string, filter: ReaderLog["filter"], after: number | null): ReaderLog => ({
    ...{ name, filter, after, until: 6, resets: [] },
    seen: log.filter(({ seq, type }) => seq > (after ?? 3) && (filter.types?.includes(type) ?? true)),
  });
  good = {
    sellerId: "acme",
    operations: operations.map((one, n) => ({ ...one, began: 2 * n, ended: 2 * n + 1 })),
    readers: [
      reader("all", {}, 0),
      reader("from now", {}, null),
      reader("sales", { types: ["sale.recorded"] }, 2),
    ],
    log,
    stock: [{ productId: tea, quantity, ledger }],
  };
});

/** What is found after the history was spoilt in one way. */
function faultsAfter(spoil: (history: History) => void): string {
  // Not structuredClone(): readers shall have copies of the events of their own.
  const history: History = JSON.parse(JSON.stringify(good));
  spoil(history);
  return historyFaults(history).join("\n");
}

const operation = ({ operations }: History, name: string) =>
  operations.find((one) => one.name === name) as Operation;
const reader = ({ readers }: History, name: string) => readers.find((one) => one.name === name) as ReaderLog;

test("a history as it should be has no faults", () => {
  expect(good.log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(good.readers.map(({ seen }) => seen.length)).toEqual([6, 3, 3]);
  expect(historyFaults(good)).toEqual([]);
});

test("events that operations do not write are nobody's fault", () => {
  const strange = (type: string) =>
    faultsAfter(({ log, readers }) => {
      const event = { ...log[0], type, payload: {}, seq: 7, id: (log[5] as LogEvent).id.replace(/6$/, "7") };
      log.push(event as LogEvent);
      for (const { name, seen } of readers) if (name !== "sales") seen.push(event as LogEvent);
    });
  expect(strange("prediction.updated")).toBe("");
  expect(strange("history.noted")).toContain("nobody asked for 7 history.noted");
});

describe("of what was asked, it finds", () => {
  test("an acknowledged write that is lost", () => {
    expect(
      faultsAfter((history) => {
        history.operations.push({ ...operation(history, "sale"), name: "another" });
      }),
    ).toBe("another: was acknowledged and is lost (sale.recorded)");
  });

  test("an acknowledged write of which a part is lost", () => {
    expect(faultsAfter((history) => operation(history, "edit").facts.push({ type: "product.updated" }))).toBe(
      "edit: is there by a part of it only: 2 product.updated edit",
    );
  });

  test("a write that happened twice, whether it was answered or not", () => {
    const twice = (name: string) => faultsAfter((history) => operation(history, name).facts.pop());
    expect(twice("sale")).toBe("sale: is there more than once: 3 sale.recorded sale, 4 sale.recorded sale");
    expect(twice("unanswered")).toContain("unanswered: is there more than once");
  });

  test("a refused write that happened", () => {
    expect(
      faultsAfter((history) => {
        operation(history, "unanswered").outcome = "fail";
      }),
    ).toBe("unanswered: was refused and is there: 6 sale.recorded unanswered");
  });

  test("a write that nobody asked for", () => {
    expect(faultsAfter(({ operations }) => operations.splice(1, 1))).toBe(
      "edit: nobody asked for 2 product.updated edit",
    );
  });

  test("a write that is there otherwise than its answer said", () => {
    expect(
      faultsAfter((history) => {
        operation(history, "adjust").facts = [{ type: "stock.adjusted", payload: { quantity: 7 } }];
      }),
    ).toContain("adjust: is there otherwise than it was acknowledged");
  });

  test("a write that stands before one which was answered before it was asked", () => {
    expect(
      faultsAfter((history) => {
        operation(history, "edit").began = 100;
      }),
    ).toContain("edit: was asked after adjust was acknowledged, and stands before it: 2 and 5");
  });
});

describe("of the log, it finds", () => {
  test("a hole", () => {
    const text = faultsAfter(({ log }) => log.splice(1, 1));
    expect(text).toContain("log: place 2 has 3; around it: 1 [3] 4 5 6");
    expect(text).toContain("edit: was acknowledged and is lost");
  });

  test("a number given twice", () => {
    expect(faultsAfter(({ log }) => log.splice(2, 0, log[1] as LogEvent))).toContain("log: place 3 has 2");
  });

  test("two that were swapped", () => {
    expect(faultsAfter(({ log }) => log.splice(1, 2, log[2] as LogEvent, log[1] as LogEvent))).toContain(
      "log: place 2 has 3; around it: 1 [3] 2 4 5 …",
    );
  });

  test("another epoch, another seller", () => {
    expect(faultsAfter(({ log }) => Object.assign(log[3] as LogEvent, { id: "other.4" }))).toContain(
      "log: 4 has the cursor other.4",
    );
    expect(faultsAfter(({ log }) => Object.assign(log[3] as LogEvent, { sellerId: "evil" }))).toContain(
      "log: 4 is of the seller evil",
    );
  });
});

describe("of a reader, it finds", () => {
  const seenBy = (name: string, spoil: (seen: LogEvent[]) => void) =>
    faultsAfter((history) => spoil(reader(history, name).seen));

  test("a hole", () => {
    expect(seenBy("all", (seen) => seen.splice(2, 1))).toBe(
      "reader all: came from 2 to 4 sale.recorded sale and not to 3 sale.recorded sale; what it saw there: 1 2 [4] 5 6",
    );
    expect(seenBy("from now", (seen) => seen.splice(1, 1))).toContain("reader from now: came from 4 to 6");
    expect(seenBy("sales", (seen) => seen.splice(0, 1))).toContain("came from its beginning to 4");
  });

  test("a double", () => {
    expect(seenBy("all", (seen) => seen.splice(4, 0, seen[3] as LogEvent))).toContain(
      "reader all: saw 4 sale.recorded sale again; what it saw there: … 2 3 4 [4] 5 6",
    );
    expect(seenBy("sales", (seen) => seen.push(seen[2] as LogEvent))).toContain("again");
  });

  test("two that were swapped", () => {
    expect(seenBy("all", (seen) => seen.splice(1, 2, seen[2] as LogEvent, seen[1] as LogEvent))).toContain(
      "came from 1 to 3",
    );
  });

  test("one that stopped short of where it had to come", () => {
    expect(seenBy("all", (seen) => seen.pop())).toContain("reader all: never came to 6");
    expect(seenBy("sales", (seen) => seen.splice(0))).toContain("never came to 3");
    // Later than that it may stop where it likes.
    expect(
      faultsAfter((history) => {
        reader(history, "all").until = 4;
        reader(history, "all").seen.length = 5;
      }),
    ).toBe("");
  });

  test("what its filter should have kept from it", () => {
    expect(faultsAfter(({ log, readers }) => readers[2]?.seen.splice(2, 0, log[4] as LogEvent))).toContain(
      "reader sales: came from 4 to 5 stock.adjusted adjust and not to 6",
    );
  });

  test("an event that is not in the log", () => {
    const ghost = (event: LogEvent) => ({ ...event, seq: 7, id: "ghost.7" });
    expect(seenBy("all", (seen) => seen.push(ghost(seen[5] as LogEvent)))).toContain(
      "saw 7 sale.recorded unanswered, which is not for it or not in the log",
    );
  });

  test("an event that is not as it is in the log", () => {
    expect(
      seenBy("all", (seen) =>
        Object.assign((seen[2] as LogEvent).payload as object, { orderId: "s\ufffdle" }),
      ),
    ).toContain('reader all: saw 3 sale.recorded s\ufffdle as {"id"');
  });

  test("a reset", () => {
    expect(faultsAfter((history) => reader(history, "all").resets.push("epoch"))).toBe(
      "reader all: was reset (epoch), though nothing was pruned",
    );
  });
});

describe("of stock, it finds", () => {
  test("a quantity that is not the sum of what moved", () => {
    expect(
      faultsAfter(({ stock }) => {
        for (const record of stock) record.quantity--;
      }),
    ).toContain("is 4, by its ledger 5, by the log 5");
  });

  test("a ledger that does not add up, or that the log knows nothing of", () => {
    expect(faultsAfter(({ stock }) => stock[0]?.ledger.splice(1, 1))).toContain(
      "its ledger adds up to 4 where it says 2",
    );
    expect(
      faultsAfter(({ stock }) => {
        stock[0]?.ledger.push({ delta: -1, quantity: 4 });
        for (const record of stock) record.quantity = 4;
      }),
    ).toContain("is 4, by its ledger 4, by the log 5");
  });

  test("an event that leaves another quantity than the log adds up to", () => {
    expect(
      faultsAfter(({ log, readers }) => {
        Object.assign((log[3] as LogEvent).payload as object, { remaining: 3 });
        readers.length = 0;
      }),
    ).toContain("4 sale.recorded leaves 3, but the log up to it adds up to 2");
  });
});

test("of many faults it tells the first ones, and how many more there are", () => {
  const many = faultsAfter(({ operations }) => {
    for (let n = 0; n < 40; n++) operations.push({ ...(operations[0] as Operation), name: `lost-${n}` });
  });
  expect(many).toContain("\nand 28 more");
});
