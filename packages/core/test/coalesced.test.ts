import { expect, test } from "vitest";
import { coalesced } from "../src/services/coalesced.ts";

function counted() {
  const runs: { done(): void; fail(error: Error): void }[] = [];
  let atOnce = 0;
  const work = coalesced(async () => {
    expect(++atOnce).toBe(1);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    runs.push({ done: resolve, fail: reject });
    await promise.finally(() => atOnce--);
  });
  return { runs, work };
}

test("who asks while it is being done shares the next time", async () => {
  const { runs, work } = counted();
  const first = work();
  const others = [work(), work(), work()];
  expect(runs).toHaveLength(1);
  runs[0]?.done();
  await first;
  await Promise.resolve();
  // Whoever asks now, just as the next is about to begin, begins no third one beside it.
  others.push(work());
  await new Promise(setImmediate);
  expect(runs.length).toBeLessThanOrEqual(2);
  runs[1]?.done();
  await new Promise(setImmediate);
  runs[2]?.done();
  await Promise.all(others);
});

test("at every moment of the turn there is one at most", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const { runs, work } = counted();
    const asked = [work(), work()];
    runs[0]?.done();
    for (let i = 0; i < turns; i++) await Promise.resolve();
    asked.push(work(), work());
    for (let i = 0; i < 5; i++) {
      await new Promise(setImmediate);
      for (const { done } of runs) done();
    }
    await Promise.all(asked);
  }
});

test("a failure is told to those who asked for that time, and the next goes on", async () => {
  const { runs, work } = counted();
  const first = work();
  const second = work();
  runs[0]?.fail(new Error("away"));
  await expect(first).rejects.toThrow("away");
  await new Promise(setImmediate);
  runs[1]?.done();
  await second;
});
