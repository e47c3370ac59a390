import { type Connection, openConnection } from "../http/connection.ts";
import { now } from "../measure/clock.ts";
import { answerOrders } from "../measure/process.ts";

// A process of its own that asks a server for this and that at a steady, modest rate.
export interface Order {
  url: string;
  /** Taken in turn. */
  apiKeys: string[];
  perSecond: number;
  forMs: number;
  products: number;
}

/** Milliseconds from the moment a request was due to its answer, whatever the driver was waiting for then. */
export interface Driven {
  ms: number[];
  unexpected: string | null;
}

/** A server closes what idles for five seconds, so that connections are not used again after two. */
const freshMs = 2000;
const kept: { line: Connection; usedAt: number }[] = [];
let sent = 0;

answerOrders<Order, Driven>(async ({ url, apiKeys, perSecond, forMs, products }) => {
  const { hostname, port, host } = new URL(url);
  const driven: Driven = { ms: [], unexpected: null };
  const from = now();
  const asked: Promise<void>[] = [];

  async function ask(due: number): Promise<void> {
    const n = sent++;
    const line = keptLine() ?? (await openConnection(hostname, Number(port)));
    const { status, body } = await line.send(request(n));
    driven.ms.push(now() - due);
    if (status !== 200 && status !== 201) driven.unexpected ??= `${status} ${body.toString("utf8", 0, 300)}`;
    kept.push({ line, usedAt: now() });
  }

  /** Of twenty requests twelve get a product, five list fifty, three sell. */
  function request(n: number): string {
    const apiKey = apiKeys[n % apiKeys.length];
    const always = ` HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${apiKey}\r\n`;
    const id = 1 + ((n * 7919) % products);
    if (n % 20 < 12) return `GET /v1/products/${id}${always}\r\n`;
    if (n % 20 < 17) return `GET /v1/products?limit=50&sort=name${always}\r\n`;
    const body = JSON.stringify({ lines: [{ productId: id, quantity: 1 }] });
    const about = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nIdempotency-Key: ${from}-${n}\r\n`;
    return `POST /v1/sales${always}${about}\r\n${body}`;
  }

  for (let turn = 0; (turn * 1000) / perSecond < forMs; turn++) {
    const due = from + (turn * 1000) / perSecond;
    if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
    asked.push(ask(due));
  }
  await Promise.all(asked);
  return driven;
});

function keptLine(): Connection | null {
  for (let one = kept.pop(); one !== undefined; one = kept.pop()) {
    if (now() - one.usedAt < freshMs) return one.line;
    one.line.close();
  }
  return null;
}
