import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connection, event, lost, moved, opened, take } from "./support/event-stream.ts";
import { type Answer, clientOf, fakeServer, page, problem, rejection } from "./support/fake-server.ts";

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const quiet = (cursor = "e.0") => connection([opened(cursor)], "stays").answer;

/** Subscribes to a server with these answers, and tells from where each connection asked to go on. */
function follow(
  answers: Answer[],
  subscription: Parameters<ReturnType<typeof clientOf>["events"]["subscribe"]>[0] = {},
) {
  const server = fakeServer(...answers);
  const stream = clientOf(server).events.subscribe(subscription);
  return { server, stream, positions: () => server.sent.map(({ url }) => url.searchParams.get("after")) };
}

describe("bytes", () => {
  const text = `: hello\n\nretry: 0\n\n${opened("e.0")}${event(1)}: beat\n\n${event(2)}${event(3).replaceAll("\n", "\r\n")}`;
  const bytes = new TextEncoder().encode(text);

  test("come whole, one by one, or cut anywhere, and are the same events", async () => {
    const cuts = [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))];
    for (let at = 1; at < bytes.length; at += 7) cuts.push([bytes.slice(0, at), bytes.slice(at)]);
    for (const pieces of cuts) {
      const { stream } = follow([connection(pieces, "stays").answer]);
      const seen: unknown[] = [];
      for await (const one of stream) if (seen.push(one) === 3) break;
      expect(seen).toMatchObject([1, 2, 3].map((seq) => ({ seq, payload: { name: `Tée ${seq} 🍵` } })));
    }
  });

  test("of half an event are thrown away with their connection", async () => {
    const half = event(2).slice(0, -1);
    const { stream, positions } = follow([
      connection([opened("e.0"), event(1), half]).answer,
      connection([opened("e.1"), event(2)]).answer,
    ]);
    expect(await take(stream, 2)).toEqual([1, 2]);
    expect(positions()).toEqual([null, "e.1"]);
  });

  test("that are no events, or no JSON, are a lost connection", async () => {
    const { stream, positions } = follow([
      new Response("<html>", { headers: { "content-type": "text/html" } }),
      new Response(null, { status: 204 }),
      connection([opened("e.0"), event(1), event(2).replace("{", "!")]).answer,
      connection([opened("e.1"), event(2)]).answer,
    ]);
    expect(await take(stream, 2)).toEqual([1, 2]);
    expect(positions()).toEqual([null, null, null, "e.1"]);
  });
});

describe("the position", () => {
  test.each([
    [{}, null],
    [{ from: "start" }, "start"],
    [{ from: "e.4" }, "e.4"],
  ])("is at first what was asked for: %o", async (subscription, after) => {
    const { stream, positions, server } = follow(
      [connection([opened("e.4"), event(5)]).answer],
      subscription,
    );
    expect(await take(stream, 1)).toEqual([5]);
    expect(positions()).toEqual([after]);
    expect(server.sent[0]?.headers.get("accept")).toBe("text/event-stream");
  });

  test("is known from the opening on, before the first event", async () => {
    const { stream, positions } = follow(
      [connection([opened("e.7", false)]).answer, connection([opened("e.7"), event(8)]).answer],
      { from: "start" },
    );
    expect(await take(stream, 1)).toEqual([8]);
    expect(positions()).toEqual(["start", "e.7"]);
  });

  test("moves when the consumer asks for the next event", async () => {
    const { stream, positions } = follow([
      connection([opened("e.0"), event(1) + event(2)], "breaks").answer,
      connection([opened("e.2"), event(3)]).answer,
    ]);
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
    expect(positions()).toEqual([null, "e.2"]);
  });

  test("of a filtered stream moves by its cursors", async () => {
    const { stream, server, positions } = follow(
      [
        connection([opened("e.0"), event(4), moved("e.90")]).answer,
        connection([opened("e.90"), event(95)]).answer,
      ],
      { types: ["sale.recorded", "stock.*"], productId: 7 },
    );
    expect(await take(stream, 2)).toEqual([4, 95]);
    expect(positions()).toEqual([null, "e.90"]);
    expect(server.sent[0]?.url.search).toBe("?types=sale.recorded%2Cstock.*&productId=7");
  });

  test("that is no longer held is told, and the stream goes on from the new one", async () => {
    const { stream, positions } = follow(
      [
        connection([lost("f.50", "epoch")]).answer,
        connection([opened("f.50"), event(51, "f"), lost("f.80"), event(81, "f")]).answer,
      ],
      { from: "e.3" },
    );
    expect(await take(stream, 4)).toEqual(["reset", 51, "reset", 81]);
    expect(positions()).toEqual(["e.3", "f.50"]);
  });

  test("is told with its reason", async () => {
    const { stream } = follow([connection([lost("e.9", "ahead")]).answer]);
    for await (const one of stream) {
      expect(one).toEqual({ type: "stream.reset", payload: { reason: "ahead", cursor: "e.9" } });
      break;
    }
  });

  test("is known to the consumer's own reads", async () => {
    const server = fakeServer(connection([opened("e.0"), event(1)], "stays").answer, page([]));
    const shop = clientOf(server);
    for await (const _ of shop.events.subscribe()) {
      await shop.products.list();
      break;
    }
    expect(server.sent[1]?.headers.get("amused-cursor")).toBe("e.1");
  });
});

describe("order", () => {
  test("an event that comes twice is taken once", async () => {
    const { stream } = follow([
      connection([opened("e.0"), event(1), event(2), event(1)]).answer,
      connection([opened("e.2"), event(2), event(3)]).answer,
    ]);
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
  });

  test("a hole makes it come back to the last good event", async () => {
    const { stream, positions } = follow([
      connection([opened("e.0"), event(1), event(3)], "stays").answer,
      connection([opened("e.1"), event(2), event(3)]).answer,
    ]);
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
    expect(positions()).toEqual([null, "e.1"]);
  });

  test.each([
    ["an opening further on", [opened("e.5", false), event(6)]],
    ["an opening further back", [opened("e.0", false), event(1)]],
    ["a cursor that would hide one", [opened("e.1"), moved("e.5"), event(6)]],
    ["another epoch", [opened("e.1"), event(2, "f")]],
  ])("so does %s", async (_, torn) => {
    const { stream, positions } = follow([
      connection([opened("e.0"), event(1)]).answer,
      connection(torn).answer,
      connection([opened("e.1"), event(2)]).answer,
    ]);
    expect(await take(stream, 2)).toEqual([1, 2]);
    expect(positions()).toEqual([null, "e.1", "e.1"]);
  });

  test.each([
    ["hole", [opened("e.1"), event(4)], "pruned", "e.3"],
    ["other epoch", [opened("e.1"), event(4, "f")], "epoch", "f.3"],
    ["opening further on", [opened("e.3"), event(4)], "pruned", "e.3"],
    ["opening in another epoch", [opened("f.3"), event(4, "f")], "epoch", "f.3"],
    ["opening further back", [opened("e.0"), event(1)], "ahead", "e.0"],
  ])(
    "the same %s a second time is told, and the stream goes on behind it",
    async (_, torn, reason, cursor) => {
      const last = torn[1] as string;
      const { stream, server, positions } = follow([
        connection([opened("e.0"), event(1)]).answer,
        connection(torn).answer,
        connection([...torn, last], "breaks").answer,
        quiet(),
      ]);
      const seen: unknown[] = [];
      for await (const one of stream) if (seen.push(one) === 3) break;
      expect(seen).toMatchObject([
        { id: "e.1" },
        { type: "stream.reset", payload: { reason, cursor } },
        { id: /id: (.*)/.exec(last)?.[1] },
      ]);
      expect(positions()).toEqual([null, "e.1", "e.1"]);
      expect(server.sent).toHaveLength(3);
    },
  );

  test("each hole gets its second chance", async () => {
    const { stream } = follow([
      connection([opened("e.0"), event(2)]).answer,
      connection([opened("e.0"), event(2), event(4)]).answer,
      connection([opened("e.2"), event(3), event(4), event(6)]).answer,
      connection([opened("e.4"), event(6)]).answer,
    ]);
    expect(await take(stream, 6)).toEqual(["reset", 2, 3, 4, "reset", 6]);
  });

  test("an abort while the consumer is told of a hole gives it nothing more", async () => {
    const abort = new AbortController();
    const torn = () => connection([opened("e.0"), event(2)]).answer();
    const seen: unknown[] = [];
    for await (const { type } of follow([torn], { signal: abort.signal }).stream) {
      seen.push(type);
      abort.abort();
    }
    expect(seen).toEqual(["stream.reset"]);
  });

  test("a filtered stream has holes by right, and no doubles", async () => {
    const { stream } = follow([connection([opened("e.0"), event(3), event(9), event(3), event(12)]).answer], {
      productId: 7,
    });
    expect(await take(stream, 3)).toEqual([3, 9, 12]);
  });
});

describe("coming back", () => {
  /** When each connection was asked for, in milliseconds. */
  async function times(answers: Answer[], ms: number, random = 1): Promise<number[]> {
    vi.useFakeTimers();
    vi.mocked(Math.random).mockReturnValue(random);
    const abort = new AbortController();
    const at: number[] = [];
    const from = Date.now();
    const { stream } = follow(
      answers.map((answer) => (request) => {
        at.push(Date.now() - from);
        if (answer instanceof Error) throw answer;
        return typeof answer === "function" ? answer(request) : answer.clone();
      }),
      { signal: abort.signal },
    );
    const all = take(stream, Number.POSITIVE_INFINITY);
    await vi.advanceTimersByTimeAsync(ms);
    abort.abort();
    await all;
    expect(vi.getTimerCount()).toBe(0);
    return at;
  }
  const down = new TypeError("fetch failed");

  test("waits double up to 30 seconds", async () => {
    expect(await times([down], 100_000)).toEqual([0, 500, 1500, 3500, 7500, 15500, 31500, 61500, 91500]);
  });
  test("and are a random part of that", async () => {
    expect(await times([down], 3_000, 0.5)).toEqual([0, 250, 750, 1750]);
  });
  test("after a good connection they begin anew", async () => {
    const good = connection([opened("e.0"), event(1)]).answer;
    expect(await times([down, down, good, quiet("e.1")], 4_000)).toEqual([0, 500, 1500, 2000]);
  });
  test("a heartbeat is good too", async () => {
    const idle = connection([opened("e.0"), ": beat\n\n"]).answer;
    expect(await times([down, down, idle, quiet()], 4_000)).toEqual([0, 500, 1500, 2000]);
  });
  test("an opening alone is not", async () => {
    const falls = () => connection([`: hello\n\n${opened("e.0")}`]).answer();
    expect(await times([falls], 4_000)).toEqual([0, 500, 1500, 3500]);
  });
  test("no sooner than the server's `retry:`, plus the random part", async () => {
    expect(
      await times(
        [connection(["retry: 3000\n\n", opened("e.0"), event(1)]).answer, down, quiet("e.1")],
        9_000,
      ),
    ).toEqual([0, 3500, 7500]);
  });
  test("no sooner than its Retry-After", async () => {
    const full = problem(503, { code: "unavailable", retryAfter: 5 });
    expect(await times([full, quiet()], 9_000)).toEqual([0, 5500]);
  });
  test("but no pause that was asked for is longer than five minutes", async () => {
    const slip = connection([`retry: ${10 ** 15}\n\n`, opened("e.0"), event(1)]).answer;
    expect(await times([slip, down, quiet("e.1")], 610_000, 0)).toEqual([0, 300_000, 600_000]);
    const away = problem(503, { code: "unavailable", retryAfter: 10 ** 12 });
    expect(await times([away, quiet()], 310_000, 0)).toEqual([0, 300_000]);
  });
  test("a server that opens somewhere else each time is no hot loop", async () => {
    let head = 0;
    const elsewhere = () => connection([`: hello\n\n${opened(`e.${++head}`)}`]).answer();
    expect(await times([elsewhere], 8_000)).toEqual([0, 500, 1500, 3500, 7500]);
  });
  test("a silent connection is cut after 35 seconds, whatever it was waiting for", async () => {
    const never = () => new Promise<Response>(() => {});
    const silent = connection([], "stays");
    const beating = connection([opened("e.0")], "stays");
    const beats = () => {
      setTimeout(() => beating.state.say(": beat\n\n"), 30_000);
      return beating.answer();
    };
    // The third connection is silent from 100 s on, which is noticed at 135 s.
    const seconds = (await times([never, silent.answer, beats, quiet()], 140_000, 0)).map((ms) =>
      Math.floor(ms / 1000),
    );
    expect(seconds).toEqual([0, 35, 70, 135]);
    expect([silent.state.open, beating.state.open]).toEqual([false, false]);
  });
  test.each([500, 502, 409, 410, 413, 429])("%i does not stop it", async (status) => {
    const { stream } = follow([new Response("", { status }), connection([opened("e.0"), event(1)]).answer]);
    expect(await take(stream, 1)).toEqual([1]);
  });
  test.each([
    [400, "invalid_request"],
    [401, "unauthenticated"],
    [403, "forbidden"],
    [404, "not_found"],
  ])("%i stops it with the error of core", async (status, code) => {
    const { stream, server } = follow([
      connection([opened("e.0"), event(1)]).answer,
      problem(status, { code, detail: "No.", ...(code === "invalid_request" && { errors: [] }) }),
    ]);
    expect(await rejection(take(stream, 9))).toMatchObject({ code, status, message: "No." });
    expect(server.sent).toHaveLength(2);
  });
  test("an expired credential is asked for again, each time", async () => {
    let keys = 0;
    const refused = problem(401, { code: "unauthenticated" });
    const server = fakeServer(
      connection([opened("e.0"), event(1)]).answer,
      refused,
      connection([opened("e.1"), event(2)]).answer,
      refused,
      connection([opened("e.2"), event(3)]).answer,
    );
    const stream = clientOf(server, { apiKey: async () => `k${++keys}` }).events.subscribe();
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
    expect(server.sent.map(({ headers }) => headers.get("authorization")?.slice(-2))).toEqual([
      "k1",
      "k1",
      "k2",
      "k2",
      "k3",
    ]);
  });
  test("a credential that can not be had is waited for", async () => {
    const apiKey = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue("k");
    const stream = clientOf(fakeServer(connection([opened("e.0"), event(1)]).answer), {
      apiKey,
    }).events.subscribe();
    expect(await take(stream, 1)).toEqual([1]);
  });
  test("the settings are the caller's", async () => {
    vi.useFakeTimers();
    vi.mocked(Math.random).mockReturnValue(1);
    const abort = new AbortController();
    const server = fakeServer(down);
    const stream = clientOf(server, { reconnect: { minDelay: 10, maxDelay: 15 } }).events.subscribe({
      signal: abort.signal,
    });
    const all = take(stream, 1);
    await vi.advanceTimersByTimeAsync(41);
    expect(server.sent).toHaveLength(4);
    abort.abort();
    await all;
  });
});

describe("the end", () => {
  /** A signal that knows its listeners. */
  function watched() {
    const abort = new AbortController();
    const { signal } = abort;
    const held = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (type: string, listener: never, ...rest: never[]) => {
      held.add(listener);
      addEventListener.call(signal, type, listener, ...rest);
    };
    signal.removeEventListener = (type: string, listener: never, ...rest: never[]) => {
      held.delete(listener);
      removeEventListener.call(signal, type, listener, ...rest);
    };
    return { abort, signal, held };
  }

  test.each([
    ["while it connects", () => new Promise<Response>(() => {}), true],
    ["while it waits for an event", undefined, false],
    ["while it waits to come back", new TypeError("fetch failed"), false],
  ] as const)("an abort %s ends the loop and leaves nothing", async (_, answer, heedless) => {
    vi.useFakeTimers();
    vi.mocked(Math.random).mockReturnValue(1);
    const { abort, signal, held } = watched();
    const open = connection([opened("e.0")], "stays");
    const hang = (request: Request) =>
      new Promise<Response>((_, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason)),
      );
    const { stream } = follow([heedless ? hang : (answer ?? open.answer)], { signal });
    const all = take(stream, 1);
    await vi.advanceTimersByTimeAsync(100);
    abort.abort();
    expect(await all).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(held.size).toBe(0);
    if (answer === undefined) expect(open.state.open).toBe(false);
  });

  test("an abort while the credential is on its way ends the loop", async () => {
    const { abort, signal } = watched();
    const shop = clientOf(fakeServer(quiet()), { apiKey: () => new Promise(() => {}) });
    const all = take(shop.events.subscribe({ signal }), 1);
    setTimeout(() => abort.abort(), 20);
    expect(await all).toEqual([]);
  });

  test("a return while the next event is waited for ends the connection", async () => {
    const open = connection([opened("e.0")], "stays");
    const events = follow([open.answer]).stream[Symbol.asyncIterator]();
    const next = events.next();
    await vi.waitFor(() => expect(open.state.reads).toBe(2));
    expect(await events.return?.()).toMatchObject({ done: true });
    expect(await next).toMatchObject({ done: true });
    expect(open.state.open).toBe(false);
  });

  test("an abort while the consumer is busy gives it nothing more", async () => {
    const { abort, signal, held } = watched();
    const open = connection([opened("e.0"), event(1) + event(2)], "stays");
    const seen: number[] = [];
    for await (const one of follow([open.answer], { signal }).stream) {
      if ("seq" in one) seen.push(one.seq);
      abort.abort();
    }
    expect(seen).toEqual([1]);
    expect(open.state.open).toBe(false);
    expect(held.size).toBe(0);
  });

  test("an aborted signal asks for nothing", async () => {
    const { stream, server } = follow([quiet()], { signal: AbortSignal.abort() });
    expect(await take(stream, 1)).toEqual([]);
    expect(server.sent).toHaveLength(0);
  });

  test.each(["break", "throw"])("a %s ends the connection and leaves nothing", async (way) => {
    vi.useFakeTimers();
    const { signal, held } = watched();
    const open = connection([opened("e.0"), event(1) + event(2)], "stays");
    const { stream } = follow([open.answer], { signal });
    try {
      for await (const _ of stream) {
        if (way === "break") break;
        throw new Error("mine");
      }
    } catch (error) {
      expect(error).toMatchObject({ message: "mine" });
    }
    expect(open.state.open).toBe(false);
    expect(held.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("an error ends it and leaves nothing", async () => {
    const { signal, held } = watched();
    const { stream } = follow([problem(403, { code: "forbidden" })], { signal });
    await rejection(take(stream, 1));
    expect(held.size).toBe(0);
  });
});

test("while the consumer is busy nothing more is read, and nobody takes that for silence", async () => {
  vi.useFakeTimers();
  const open = connection([opened("e.0"), event(1), event(2), event(3), event(4)], "stays");
  const { stream, server } = follow([open.answer]);
  const seen = stream[Symbol.asyncIterator]();
  await seen.next();
  expect(open.state.reads).toBe(2);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(open.state.reads).toBe(2);
  expect((await seen.next()).value).toMatchObject({ seq: 2 });
  expect(server.sent).toHaveLength(1);
  await seen.return?.();
});
