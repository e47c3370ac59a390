import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { createClient } from "../src/index.ts";
import { event, opened, take } from "./support/event-stream.ts";
import { rejection } from "./support/fake-server.ts";

/** With the platform's own fetch, over sockets. */
let server: Server | undefined;

async function serve(listener: RequestListener) {
  server = createServer(listener).listen(0, "127.0.0.1");
  await vi.waitFor(() => expect(server?.listening).toBe(true));
  const { port } = server.address() as AddressInfo;
  return createClient({
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: "k",
    retry: 0,
    reconnect: { minDelay: 1, maxDelay: 1 },
  });
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test("an import is streamed: the server has the first row before the second is made", async () => {
  const first = Promise.withResolvers<void>();
  const shop = await serve(async (request, response) => {
    let text = "";
    for await (const piece of request) {
      text += piece;
      first.resolve();
    }
    response.end(JSON.stringify({ text, chunked: request.headers["transfer-encoding"] }));
  });
  async function* rows() {
    yield "sku\n";
    await first.promise;
    yield "TEA-1\n";
  }
  expect(await shop.products.import(rows())).toEqual({ text: "sku\nTEA-1\n", chunked: "chunked" });
});

test("a stream whose socket is cut goes on, and leaves no connection when it ends", async () => {
  const after: (string | null)[] = [];
  const shop = await serve((request, response) => {
    const position = new URL(request.url ?? "", "http://x").searchParams.get("after");
    after.push(position);
    const seq = Number(position?.slice(2) ?? 0);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(opened(`e.${seq}`) + event(seq + 1) + event(seq + 2).slice(0, 30), () => {
      if (seq < 4) response.socket?.destroy();
    });
  });
  expect(await take(shop.events.subscribe({ from: "e.0" }), 5)).toEqual([1, 2, 3, 4, 5]);
  expect(after).toEqual(["e.0", "e.1", "e.2", "e.3", "e.4"]);
  await vi.waitFor(() => expect(server?.getConnections).toBeDefined());
  const open = () => new Promise<number>((resolve) => server?.getConnections((_, count) => resolve(count)));
  await vi.waitFor(async () => expect(await open()).toBe(0));
});

// web-platform-tests: eventsource/request-redirect
test.each([301, 302, 303, 307, 308])("a stream that was moved (%i) is followed", async (status) => {
  const asked: string[] = [];
  const shop = await serve((request, response) => {
    const { pathname, search } = new URL(request.url ?? "", "http://x");
    asked.push(pathname);
    if (!pathname.startsWith("/moved")) {
      response.writeHead(status, { location: `/moved${search}` }).end();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(opened("e.4") + event(5));
  });
  expect(await take(shop.events.subscribe({ from: "e.4" }), 1)).toEqual([5]);
  expect(asked).toEqual(["/v1/events/stream", "/moved"]);
});

test("an answer that breaks off is `unavailable`, and so is a server that is not there", async () => {
  const shop = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"id":7', () => response.socket?.destroy());
  });
  expect(await rejection(shop.products.get(7))).toMatchObject({ code: "unavailable" });
  const nowhere = createClient({ baseUrl: "http://127.0.0.1:1", retry: 0 });
  expect(await rejection(nowhere.products.get(7))).toMatchObject({
    code: "unavailable",
    cause: { message: "fetch failed" },
  });
});
