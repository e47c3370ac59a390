import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silent } from "../src/options.ts";
import { encodeRetry } from "../src/stream/blocks.ts";
import { openStreams } from "../src/stream/open-streams.ts";
import { webSink } from "../src/stream/web-sink.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("credentials are looked at each second, however the ticks of the clock fall", async () => {
  const streams = openStreams({ heartbeat: 2_100, drain: undefined, logger: silent });
  const check = vi.fn(async () => {});
  const nothing = { end() {}, cut() {}, beat() {}, buffered: 0, taken: 0 };
  const stream = { ...nothing, sentAt: 0, expiresAt: Number.POSITIVE_INFINITY, credential: "key", check };
  streams.add(stream);
  await vi.advanceTimersByTimeAsync(10_500);
  expect(check.mock.calls.length).toBeGreaterThanOrEqual(10);
  streams.remove(stream);
  expect(vi.getTimerCount()).toBe(0);
});

test("what a web stream that has ended still holds is given up when nobody takes it", async () => {
  const owner = { opened() {}, drained() {}, closed() {} };
  const { sink, body } = webSink(new AbortController().signal, owner);
  sink.write(encodeRetry(1));
  sink.end();
  await vi.advanceTimersByTimeAsync(5_000);
  await expect(body?.getReader().read()).rejects.toThrow();

  const taken = webSink(new AbortController().signal, owner);
  const reader = taken.body?.getReader();
  taken.sink.write(encodeRetry(1));
  taken.sink.end(encodeRetry(2));
  expect((await reader?.read())?.done).toBe(false);
  expect((await reader?.read())?.done).toBe(false);
  expect((await reader?.read())?.done).toBe(true);
  await vi.advanceTimersByTimeAsync(5_000);
  await reader?.closed;

  const left = webSink(new AbortController().signal, owner);
  left.sink.write(encodeRetry(1));
  left.sink.end();
  await left.body?.cancel();
  expect(vi.getTimerCount()).toBe(0);
});
