import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { type Ready, takeOrders } from "../orders.ts";
import { openShop } from "../shop.ts";

// socket.io with its leanest transport, which needs no polling before it; all else as it comes.
const server = createServer();
const io = new Server(server, { transports: ["websocket"], serveClient: false });

const orders = await takeOrders(await openShop(), (event) => {
  io.emit(event.type, event);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const ready: Ready = { url: `http://127.0.0.1:${port}`, orders, apiKeys: [] };
  console.log(JSON.stringify(ready));
});
