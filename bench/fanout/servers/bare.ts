import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { blockOf, type StockAdjusted } from "../event.ts";
import { type Ready, takeOrders } from "../orders.ts";
import { openShop } from "../shop.ts";

// The least that can be done with node:http: an event becomes bytes once, and each reader's response is given the same
// Buffer. With `--joined` all events of a tick are one Buffer and one write.
const joins = process.argv.includes("--joined");

const readers = new Set<ServerResponse>();
let pending: Buffer[] = [];

const server = createServer((_request, response) => {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  });
  response.write("retry: 2000\n\n");
  readers.add(response);
  response.on("close", () => readers.delete(response));
});

function write(bytes: Buffer): void {
  for (const response of readers) response.write(bytes);
}

function join(event: StockAdjusted): void {
  if (pending.push(blockOf(event)) > 1) return;
  setImmediate(() => {
    write(Buffer.concat(pending));
    pending = [];
  });
}

const orders = await takeOrders(await openShop(), joins ? join : (event) => write(blockOf(event)));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const ready: Ready = { url: `http://127.0.0.1:${port}`, orders, apiKeys: [] };
  console.log(JSON.stringify(ready));
});
