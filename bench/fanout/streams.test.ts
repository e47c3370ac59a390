import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { blockOf, eventNumber } from "./event.ts";
import { protocols } from "./protocols.ts";
import { openStreams, type Streams } from "./streams.ts";

// A count that can not fail says nothing, so here a server goes wrong in each way it can.
const count = 5;
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function opened(): Promise<{ streams: Streams; readers: ServerResponse[] }> {
  const readers: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    readers.push(response.writeHead(200, { "content-type": "text/event-stream" }));
    response.flushHeaders();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const streams = await openStreams(url, protocols.sse, [], count);
  cleanUps.push(() => streams.close());
  return { streams, readers };
}

const block = (n: number) => blockOf(eventNumber(n));

describe("the streams of the fan-out benchmark", () => {
  test("are served when each has had what was caused, in whatever pieces it comes", async () => {
    const { streams, readers } = await opened();
    const done = streams.next(2);
    for (const reader of readers) {
      const bytes = Buffer.concat([block(7), block(8)]);
      reader.write(bytes.subarray(0, 100));
      setTimeout(() => reader.write(bytes.subarray(100)), 5);
    }
    await done;
    expect(streams.receipts).toHaveLength(2 * count);
  });

  test("tell of one that had an event twice", async () => {
    const { streams, readers } = await opened();
    const done = streams.next(1);
    readers[3]?.write(Buffer.concat([block(1), block(1)]));
    await expect(done).rejects.toThrow(/had 2 events of 1|After event 1 a stream had 1/);
  });

  test("tell of one that had another event than the next", async () => {
    const { streams, readers } = await opened();
    const first = streams.next(1);
    for (const reader of readers) reader.write(block(1));
    await first;
    const second = streams.next(1);
    for (const reader of readers) reader.write(block(3));
    await expect(second).rejects.toThrow("After event 1 a stream had 3");
  });

  test("tell of one that was closed", async () => {
    const { streams, readers } = await opened();
    const done = streams.next(1);
    readers[2]?.destroy();
    await expect(done).rejects.toThrow(/closed stream|Stream 2|ECONNRESET|aborted/);
  });
});
