import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Refusal } from "./fail.ts";

export interface Listening {
  url: string;
  /** Takes no more connections, lets what is in flight finish, and cuts what has not after so long. */
  close(withinMs: number): Promise<void>;
}

const serverOptions = {
  maxHeaderSize: 16_384,
  // Uploads may be slow, but a request that only trickles in must not hold a connection for ever.
  requestTimeout: 300_000,
  headersTimeout: 20_000,
  // Node looks for what has run out of time this often.
  connectionsCheckingInterval: 5_000,
};

/** Serves an app with Node, over so many connections at most; more are closed as they come. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
  host: string,
  { connections }: { connections?: number } = {},
): Promise<Listening> {
  const server = createAdaptorServer({ fetch, serverOptions }) as Server;
  if (connections !== undefined) server.maxConnections = connections;
  server.prependListener("request", closeAfterUnreadBody);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(refusalOf(error, port, host)));
    server.listen(port, host, resolve);
  });
  const { port: taken, family, address } = server.address() as AddressInfo;
  const everywhere = address === "0.0.0.0" || address === "::";
  const name = everywhere ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${name}:${taken}`,
    close: (withinMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), withinMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
        // Browsers open connections ahead of use, and Node takes one that never sent anything for busy.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }),
  };
}

/** What no answer waited for is not read to its end for long, so that the connection must not be promised for more. */
function closeAfterUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  if (coding === undefined && Number(length ?? 0) < 65_536) return;
  const { writeHead } = response;
  response.writeHead = (...args: unknown[]) => {
    if (!request.complete) {
      response.setHeader("connection", "close");
      lingerOnClose(request);
    }
    return Reflect.apply(writeHead, response, args) as ServerResponse;
  };
}

/** How long what still comes of a request is read and dropped once its answer is out. */
const lingerMs = 1_000;

/**
 * Closes in two steps: our half at once, the other when the sender is done, or soon after. Whoever still sends when all is
 * closed gets a reset, which takes the answer from it.
 */
function lingerOnClose(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    socket.end();
    const cut = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => clearTimeout(cut));
    request.once("end", () => socket.destroy());
    request.resume();
  };
}

function refusalOf(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE")
    return new Refusal(`Port ${port} on ${host} is taken; choose another with --port (0 picks a free one).`);
  if (error.code === "EACCES")
    return new Refusal(
      `Port ${port} on ${host} needs more rights than this process has; choose another with --port.`,
    );
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return new Refusal(`HOST ${host} is not an address of this machine.`);
  return error;
}
