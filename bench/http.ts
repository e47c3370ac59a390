import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { type Contestant, startContestants } from "./http/contestants.ts";
import type { Driven, Order } from "./http/driver.ts";
import { operationNames } from "./http/operations.ts";
import { reportOn, writeReport } from "./http/report.ts";
import { alternate, type Driver, drive } from "./http/rounds.ts";
import { type Summary, summarize } from "./http/summary.ts";
import { databaseServer } from "./measure/database.ts";
import { startWorker } from "./measure/process.ts";
import { times } from "./measure/report.ts";
import { shops } from "./shop.ts";

// `npm run bench`: Amused over HTTP beside the same by hand in Express, and beside its bare SQL. See README.md.
const { values: options } = parseArgs({
  options: {
    /** One round of a second: whether everything works, not how fast. Leaves no results. */
    quick: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string" },
  },
});
const rounds = options.quick ? 1 : Number(options.rounds);
const seconds = options.quick ? 1 : Number(options.seconds);
const chosen = operationNames.filter((name) => options.only === undefined || name === options.only);
assert(chosen.length > 0, `--only is one of: ${operationNames.join("; ")}`);

const server = await databaseServer();
console.log(`PostgreSQL: ${server.how}. Fills ${shops.length} shops for each …`);
const contestants = await startContestants(server);
const driver: Driver = startWorker<Order, Driven>(new URL("./http/driver.ts", import.meta.url));
let cleaned: Promise<void> | undefined;
// Told to stop, it leaves no servers and no databases behind either.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
try {
  await warmUp(driver, contestants);
  const operations: Summary[] = [];
  for (const operation of chosen) {
    const results = await alternate(server, driver, contestants, operation, {
      rounds,
      forMs: seconds * 1000,
    });
    const summary = summarize(operation, results);
    operations.push(summary);
    tell(summary);
  }
  for (const contestant of contestants) await checkBooks(contestant);
  console.log("Every answer was as expected, and the books of all three are in order.");
  const titles = Object.fromEntries(contestants.map(({ target, title }) => [target.name, title]));
  if (!options.quick && options.only === undefined)
    await writeReport(
      new URL("./results/", import.meta.url),
      await reportOn(server, { rounds, secondsPerRound: seconds, titles, operations }),
    );
} finally {
  await cleanUp();
}

/** Once, whoever asks first. */
async function cleanUp(): Promise<void> {
  cleaned ??= letGo();
  await cleaned;
}

async function letGo(): Promise<void> {
  await driver.stop();
  await Promise.all(contestants.map(({ stop }) => stop()));
  await server.close();
}

/** The same requests to all: what they have stored afterwards must agree, or they do not do the same work. */
async function warmUp(driver: Driver, contestants: Contestant[]): Promise<void> {
  for (const contestant of contestants)
    for (const operation of operationNames) await drive(driver, contestant, operation, { count: 50 });
  const [first, ...others] = await Promise.all(contestants.map(({ tallies }) => tallies()));
  for (const other of others) assert.deepEqual(other, first, "The servers stored different things.");
}

/** No sale without its movement and its event, and a stock that is the sum of its ledger. */
async function checkBooks({ title, tallies }: Contestant): Promise<void> {
  for (const { sellerId, products, stock, movements, ledger, sales, events } of await tallies()) {
    assert.equal(ledger, stock, `${title}, ${sellerId}: the ledger does not sum up to the stock.`);
    assert.equal(movements, products + sales, `${title}, ${sellerId}: movements are missing.`);
    assert.equal(events, movements, `${title}, ${sellerId}: events are missing.`);
  }
}

function tell({ operation, servers, againstExpress, againstBare, target, reached }: Summary): void {
  console.log(`\n${operation}`);
  for (const [name, { perSecond, serverCpu, postgresCpu, driverCpu }] of Object.entries(servers)) {
    const cpu = [serverCpu, postgresCpu, driverCpu].map((value) => value?.median.toFixed(3) ?? "?");
    console.log(
      `  ${name.padEnd(8)} ${perSecond.median.toFixed(0).padStart(6)}/s   CPU s per 1,000: server ${cpu[0]}, PostgreSQL ${cpu[1]}, driver ${cpu[2]}`,
    );
  }
  console.log(
    `  Amused : Express  ${times(againstExpress.requests)} × requests; target ${target} ${reached ? "reached" : "not reached"}`,
  );
  console.log(
    `                    ${times(againstExpress.serverCpu)} × CPU of the server, ${times(againstExpress.totalCpu)} × with PostgreSQL`,
  );
  console.log(
    `  Amused : bare     ${times(againstBare.requests)} × requests, ${times(againstBare.serverCpu)} × CPU of the server`,
  );
}
