import { expect, test } from "vitest";
import { names } from "./contestants.ts";
import { modeNames, modes, runLevel } from "./level.ts";
import { markdown, reportOn } from "./report.ts";
import { summarize } from "./summary.ts";

// Whether the measurement measures what it says, with a few streams; nothing about times. That every stream has every
// event once and in order its drivers look after: the run fails otherwise.
test("the fan-out benchmark brings every event to every reader, whoever carries it, and tells of it", {
  timeout: 240_000,
}, async () => {
  const plan = { rounds: 1, seconds: 0.05, pace: { perSecond: 50, seconds: 0.1, rounds: 1 } };
  const level = await runLevel(20, plan, new AbortController().signal);
  for (const mode of modeNames) {
    expect([...level.rounds[mode].keys()]).toEqual(modes[mode].contestants);
    for (const [name, [round]] of level.rounds[mode]) {
      // All carry the same event: what differs is how it is wrapped.
      expect(round?.bytesPerDelivery, name).toBeGreaterThan(240);
      expect(round?.bytesPerDelivery, name).toBeLessThan(400);
    }
  }
  expect([...level.memory.keys()]).toEqual(names);
  expect([...(level.paced?.keys() ?? [])]).toEqual(modes.single.contestants);

  const text = markdown(reportOn(plan, [summarize(level)]));
  expect(text).toContain("| 20 | one at a time |");
  expect(text).toContain("| 20 | 20 in a tick |");
});
