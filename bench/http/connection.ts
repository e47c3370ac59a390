import { connect, type Socket } from "node:net";

export interface HttpResponse {
  status: number;
  body: Buffer;
}

/** One keep-alive connection with one request in flight: as little HTTP as a driver needs, so that it costs little. */
export interface Connection {
  send(request: string): Promise<HttpResponse>;
  close(): void;
}

export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  let waiting: { resolve: (response: HttpResponse) => void; reject: (error: Error) => void } | null = null;
  let received: Buffer = Buffer.alloc(0);

  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("The server closed the connection.")));
  socket.on("data", (piece: Buffer) => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece]);
    const response = parse(received);
    if (response === null) return;
    received = Buffer.alloc(0);
    const { resolve } = waiting ?? {};
    waiting = null;
    resolve?.(response);
  });
  return { send: (request) => sent(socket, request), close: () => socket.destroy() };

  function sent(to: Socket, request: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (to.destroyed) throw new Error("The server closed the connection.");
      waiting = { resolve, reject };
      to.write(request, "latin1");
    });
  }
}

/** A whole response, or `null` while some of it is to come. */
function parse(bytes: Buffer): HttpResponse | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`A response without a length:\n${head}`);
  if (bytes.length < end + 4 + Number(length)) return null;
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(end + 4) };
}
