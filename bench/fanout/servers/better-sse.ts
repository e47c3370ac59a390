import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createChannel, createSession } from "better-sse";
import { type Ready, takeOrders } from "../orders.ts";
import { openShop } from "../shop.ts";

// better-sse as its documentation has it: a session per request, registered with a channel that broadcasts.
const channel = createChannel();

const server = createServer(async (request, response) => {
  channel.register(await createSession(request, response));
});

const orders = await takeOrders(await openShop(), (event) => {
  channel.broadcast(event, event.type, { eventId: event.id });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const ready: Ready = { url: `http://127.0.0.1:${port}`, orders, apiKeys: [] };
  console.log(JSON.stringify(ready));
});
