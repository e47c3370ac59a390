/** How a stream is opened, and what it wants to hear to stay open. */
export interface Protocol {
  request(host: string, apiKey: string | undefined): string;
  /** What to answer to all that came so far while the stream is being opened; `open` once it is. */
  opening(received: string): Buffer | "open" | null;
  /** What to answer to bytes on the open stream, if anything. */
  reply(bytes: Buffer): Buffer | null;
}

/** Server-Sent Events: the head of the response, then blocks. */
const sse: Protocol = {
  request: (host, apiKey) =>
    `GET /v1/events/stream HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n${
      apiKey === undefined ? "" : `Authorization: Bearer ${apiKey}\r\n`
    }\r\n`,
  opening: (received) =>
    received.startsWith("HTTP/1.1 200 ") && received.includes("\r\n\r\n") ? "open" : null,
  reply: () => null,
};

/** A text frame from a client, with a mask of zeros that leaves the text as it is. */
const frame = (text: string) => Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)]);
const connect = frame("40");
const pong = frame("3");
const ping = Buffer.from([0x81, 1, 0x32]);

/** socket.io over a WebSocket: Engine.IO says `0{…}`, the client asks for the namespace with `40` and is told `40{…}`. */
const socketIo: Protocol = {
  request: (host) =>
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  opening(received) {
    if (received.includes('40{"sid"')) return "open";
    return received.includes('0{"sid"') ? connect : null;
  },
  // Between two events a reader may hear both at once; what is heard in one piece with a ping lies before or behind it.
  reply: (bytes) =>
    bytes.subarray(0, ping.length).equals(ping) || bytes.subarray(-ping.length).equals(ping) ? pong : null,
};

export const protocols = { sse, "socket.io": socketIo };
export type ProtocolName = keyof typeof protocols;
