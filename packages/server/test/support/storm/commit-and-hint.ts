import { faultyProxy, type History, historyFaults, random } from "@amused/testkit";
import { expect, onTestFinished } from "vitest";
import { type Node, startCluster } from "./cluster.ts";
import { connect } from "./connect.ts";
import { type HeldKind, type HeldServer, startHeldServer } from "./held.ts";
import { gather, type Party } from "./party.ts";
import type { ReaderPlan } from "./reader.ts";

interface HeldSale {
  /** The server that stands still between commit and hint, and is killed there. */
  held: HeldServer;
  /** Where the readers are. */
  through: string;
  /** A server that answers, with nothing in between. */
  direct(): string;
  /** Called when the held server is dead, with nobody having retried yet. */
  afterKill?(party: Party): Promise<void>;
}

const readers = ([first = 0]: readonly number[]): ReaderPlan[] => [
  { name: "steady", style: "steady" },
  { name: "sales", style: "steady", filter: { types: ["sale.*"] } },
  { name: "product", style: "steady", filter: { productId: first } },
  { name: "returning", style: "returning" },
  { name: "feed", style: "feed" },
];

const orderId = "held";

/** The readers hang on the server that is killed, and find the sale on the one that comes after it, on the same data. */
export async function withNextServer(kind: HeldKind, where: string, next: Node): Promise<void> {
  const held = await startHeldServer(kind, where);
  const proxy = await faultyProxy({ port: held.port });
  onTestFinished(() => proxy.close());
  let { url } = held;
  await killBetweenCommitAndHint({
    ...{ held, through: proxy.url, direct: () => url },
    async afterKill({ readers }) {
      // Nobody was told while it was alive.
      expect(readers.flatMap(({ log }) => log.seen.filter(isTheSale))).toEqual([]);
      const cluster = await startCluster([next]);
      url = cluster.url();
      proxy.lead(...cluster.ports());
    },
  });
}

/** The readers hang on another node, and find the sale there. */
export async function withAnotherNode(kind: HeldKind, where: string, other: Node): Promise<void> {
  const held = await startHeldServer(kind, where);
  const { url } = await startCluster([other]);
  await killBetweenCommitAndHint({ held, through: url(), direct: url });
}

/**
 * A sale is committed by a server that is killed before it could tell anybody. The readers come to it all the same, before
 * the writer tries again; and the writer, who does so with his key, gets the answer of then.
 */
async function killBetweenCommitAndHint({ held, through, direct, afterKill }: HeldSale): Promise<void> {
  const reading = new AbortController();
  let [ticks, seeds] = [0, 0];
  const tick = () => ++ticks;
  const party = await gather({
    ...{ sellerId: "acme", urls: { through, direct }, writers: 0, readers, tick, stop: reading.signal },
    draw: () => random(++seeds),
  });
  try {
    const { key, products, writers } = party;
    const sale = { orderId, lines: [{ productId: products[0] ?? 0, quantity: 2 }] };
    const [{ productId, quantity }] = sale.lines as [{ productId: number; quantity: number }];
    const stocked = { adjust: 5, reason: "stocked" };
    const sell = (url: string) => connect(url, key).shop.sales.record(sale, { idempotencyKey: orderId });
    const stocking = tick();
    await connect(direct(), key).shop.stock.adjust(productId, stocked);
    await party.arrival();

    await held.hold();
    const began = tick();
    const unanswered = sell(held.url).then(
      () => "answered",
      ({ code }) => code,
    );
    await held.committed();
    await held.kill();
    expect(await unanswered).toBe("unavailable");
    await afterKill?.(party);

    await party.arrival();
    const before = await party.history();
    expect(before.log.filter(isTheSale)).toHaveLength(1);
    expect(before.readers.map(({ seen }) => seen.filter(isTheSale).length)).toEqual([1, 1, 1, 1, 1]);

    const { sales } = await sell(direct());
    expect(sales).toMatchObject([{ orderId, productId, quantity }]);
    await writers[0].note("the end");
    await party.arrival();
    reading.abort();
    await Promise.all(party.readers.map(({ done }) => done));

    const history = await party.history();
    // The retry has written nothing, and after it there is the last note only.
    expect(history.log.filter(isOfACommand)).toHaveLength(before.log.filter(isOfACommand).length + 1);
    const fact = (type: string, payload: object) => ({ type, productId, payload });
    const all: History = {
      ...history,
      operations: [
        ...history.operations,
        {
          ...{ name: stocked.reason, outcome: "ok", began: stocking, ended: stocking },
          facts: [fact("stock.adjusted", { delta: stocked.adjust })],
        },
        {
          ...{ name: orderId, outcome: "ok", began, ended: tick() },
          facts: [fact("sale.recorded", { quantity })],
        },
      ],
    };
    expect(historyFaults(all)).toEqual([]);
  } finally {
    reading.abort();
  }
}

/** What the server says by itself, such as a prediction after a sale, comes when it comes. */
function isOfACommand({ type }: { type: string }): boolean {
  return !/^(prediction\.|recommendations\.|alert\.|product\.categorized$|stock\.(low|depleted|replenished)$)/.test(
    type,
  );
}

function isTheSale({ payload }: { payload: unknown }): boolean {
  return (payload as { orderId?: string }).orderId === orderId;
}
