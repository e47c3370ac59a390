import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createAmused } from "@amused/core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { describePostgres, freshStore } from "./database.ts";

describePostgres("consumers in several processes", () => {
  let house: Awaited<ReturnType<typeof freshStore>>;
  beforeAll(async () => {
    house = await freshStore();
  });
  afterAll(() => house.close());

  function start() {
    const script = fileURLToPath(new URL("./consumer.ts", import.meta.url));
    const args = ["--conditions=@amused/source", script, inject("databaseUrl") as string, house.schema];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    return { child, lines: createInterface({ input: child.stdout }) };
  }

  test("one is killed while it handles an event: another handles that one and all that follow", {
    timeout: 120_000,
  }, async () => {
    // The clock of the living one is ahead, so that the dead one's lease need not be sat out.
    let ahead = 0;
    const now = () => new Date(Date.now() + ahead);
    const amused = await createAmused({ store: house.store, now });
    const sellers = ["a", "b"];
    for (const sellerId of sellers)
      for (let n = 1; n <= 12; n++) await amused.seller(sellerId).products.create({ name: `Tea ${n}` });

    const { child, lines } = start();
    const closed = once(child, "close");
    const begun: string[] = [];
    const ended: string[] = [];
    let killed = false;
    for await (const line of lines) {
      const [what, ...which] = line.split(" ");
      (what === "begin" ? begun : ended).push(which.join(" "));
      // Some are done, and one has just begun.
      if (killed || what !== "begin" || ended.length < 6) continue;
      killed = child.kill("SIGKILL");
    }
    expect(await closed).toEqual([null, "SIGKILL"]);
    const cutOff = begun.filter((one) => !ended.includes(one));
    expect(cutOff.length, "it was killed in the middle of an event").toBeGreaterThan(0);
    const leases = `select count(*)::int as held from ${house.schema}.checkpoints where token is not null`;
    expect((await house.pool.query(leases)).rows[0].held, "it took its leases along").toBeGreaterThan(0);

    const handled: string[] = [];
    amused.events.consume("survivor", ["product.created"], ({ sellerId, seq }) => {
      handled.push(`${sellerId} ${seq}`);
    });
    // It goes on with those whom the dead one has not got.
    await amused.seller("c").products.create({ name: "Tea" });
    await expect.poll(() => handled, { timeout: 30_000 }).toContain("c 1");
    ahead = 60_000;
    const all = sellers.flatMap((sellerId) => Array.from({ length: 12 }, (_, n) => `${sellerId} ${n + 1}`));
    const missing = () => all.filter((one) => !ended.includes(one) && !handled.includes(one));
    await expect.poll(missing, { timeout: 30_000 }).toEqual([]);
    for (const one of cutOff) expect(handled).toContain(one);
    for (const sellerId of sellers) {
      const order = handled.filter((one) => one.startsWith(sellerId)).map((one) => Number(one.slice(2)));
      expect(order, "in order, with no gap").toEqual(
        Array.from({ length: order.length }, (_, n) => 13 - order.length + n),
      );
    }
    expect((await amused.events.deadLetters.list()).items).toEqual([]);
    await amused.close();
  });

  test("stopping hands the seller over at once", { timeout: 60_000 }, async () => {
    const [one, other] = [
      await createAmused({ store: house.store }),
      await createAmused({ store: house.store }),
    ];
    const handled: string[] = [];
    const handler = (who: string) => (event: { sellerId: string; seq: number }) => {
      if (event.sellerId === "d") handled.push(`${who} ${event.seq}`);
    };
    const first = one.events.consume("handover", ["product.created"], handler("one"));
    await one.seller("d").products.create({ name: "Tea" });
    await expect.poll(() => handled, { timeout: 30_000 }).toEqual(["one 1"]);
    await first.stop();
    other.events.consume("handover", ["product.created"], handler("other"));
    await one.seller("d").products.create({ name: "Cup" });
    // By its poll: the hint was given in the other process.
    await expect.poll(() => handled, { timeout: 30_000 }).toEqual(["one 1", "other 2"]);
    await one.close();
    await other.close();
  });
});
