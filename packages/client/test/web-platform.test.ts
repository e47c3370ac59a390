import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readBlocks } from "../src/stream/blocks.ts";
import { connection, event, opened, take } from "./support/event-stream.ts";
import { type Answer, clientOf, fakeServer, rejection } from "./support/fake-server.ts";

/**
 * What the web platform's tests ask of an EventSource, as far as it applies to a client over fetch. Each case names the
 * file of the folder `eventsource` of web-platform-tests (3-clause BSD) whose expectation it has. Where we part from it on
 * purpose, `but` says why.
 */
interface Case {
  file: string;
  stream: string;
  /** The data of the events, in order. */
  data: string[];
  types?: (string | undefined)[];
  ids?: (string | undefined)[];
  retries?: number[];
  but?: string;
}

const ownId = "an id belongs to its own block: our position comes from the data, and is never inherited";
const long = "x".repeat(2048);

const cases: Case[] = [
  {
    file: "event-data",
    stream: "data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n",
    data: ["msg\nmsg", "", "end"],
  },
  { file: "format-bom", stream: "\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n", data: ["1", "3"] },
  { file: "format-bom-2", stream: "\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n", data: ["2", "3"] },
  {
    file: "format-comments",
    stream: `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`,
    data: ["1\n2\n3\n4"],
  },
  {
    file: "format-data-before-final-empty-line",
    stream: "retry:1000\ndata:test1\n\nid:test\ndata:test2",
    data: ["test1"],
    ids: [undefined],
    retries: [1000],
  },
  { file: "format-field-data", stream: "data:\n\ndata\ndata\n\ndata:test\n\n", data: ["", "\n", "test"] },
  {
    file: "format-field-event",
    stream: "event:test\ndata:x\n\ndata:x\n\n",
    data: ["x", "x"],
    types: ["test", undefined],
  },
  { file: "format-field-event-empty", stream: "event: \ndata:data\n\n", data: ["data"], types: [undefined] },
  {
    file: "format-field-id",
    stream: "id: …\nretry: 200\ndata: hello\n\n",
    data: ["hello"],
    ids: ["…"],
    retries: [200],
  },
  {
    file: "format-field-id-3 (persists)",
    stream: "id: 1\ndata: 1\n\ndata:2\n\n",
    data: ["1", "2"],
    ids: ["1", undefined],
    but: ownId,
  },
  {
    file: "format-field-id-3 (changes and persists)",
    stream: "id: 1\ndata: 1\n\nid: 2\ndata:2\n\ndata:3\n\n",
    data: ["1", "2", "3"],
    ids: ["1", "2", undefined],
    but: ownId,
  },
  {
    file: "format-field-id-3 (resets)",
    stream: "id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\n",
    data: ["1", "2", "3"],
    ids: ["1", "", undefined],
    but: ownId,
  },
  { file: "format-field-id-null", stream: "id: \0\0\ndata: hello\n\n", data: ["hello"], ids: [undefined] },
  {
    file: "format-field-parsing",
    stream:
      "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
    data: ["\0\n 2\n1\n3\n\n4"],
  },
  { file: "format-field-retry", stream: "retry:02000\ndata:x\n\n", data: ["x"], retries: [2000] },
  {
    file: "format-field-retry-bogus",
    stream: "retry:2000\nretry:1000x\ndata:x\n\n",
    data: ["x"],
    retries: [2000],
  },
  { file: "format-field-retry-empty", stream: "retry\ndata:test\n\n", data: ["test"], retries: [] },
  {
    file: "format-field-unknown",
    stream: "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
    data: ["test\n\ntest"],
  },
  { file: "format-leading-space", stream: "data:\ttest\rdata: \ndata:test\n\n", data: ["\ttest\n\ntest"] },
  { file: "format-newlines", stream: "data:test\r\ndata\ndata:test\r\n\r", data: ["test\n\ntest"] },
  { file: "format-null-character", stream: "data:\0\n\n", data: ["\0"] },
  { file: "format-utf-8", stream: "data:ok…\n\n", data: ["ok…"] },
];

/** A generator of numbers from 0 to 1 that gives the same ones in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The bytes whole, one by one, and five times in random pieces. */
function cuts(text: string): Uint8Array<ArrayBuffer>[][] {
  const bytes = new TextEncoder().encode(text);
  const all = [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))];
  for (let seed = 1; seed <= 5; seed++) {
    const random = seeded(seed);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + Math.floor(random() * 12);
      pieces.push(bytes.slice(at, at + length));
      at += length;
    }
    all.push(pieces);
  }
  return all;
}

async function read(pieces: Uint8Array<ArrayBuffer>[], type = "text/event-stream") {
  const response = new Response(connection(pieces).answer().body, { headers: { "content-type": type } });
  const retries: number[] = [];
  const blocks: { data: string; event: string | undefined; id: string | undefined }[] = [];
  const heard = { onRetry: (ms: number) => void retries.push(ms), onComment() {} };
  for await (const { data, event, id } of readBlocks(response, 60_000, undefined, heard))
    blocks.push({ data, event, id });
  return { blocks, retries };
}

describe("the format of a stream", () => {
  test.each(cases)("$file", async ({ stream, data, types, ids, retries }) => {
    for (const pieces of cuts(stream)) {
      const { blocks, retries: heard } = await read(pieces);
      expect(blocks.map((block) => block.data)).toEqual(data);
      if (types) expect(blocks.map((block) => block.event)).toEqual(types);
      if (ids) expect(blocks.map((block) => block.id)).toEqual(ids);
      if (retries) expect(heard).toEqual(retries);
    }
  });

  test.each([
    ["format-utf-8", "text/event-stream;charset=windows-1252", true],
    ["format-mime-trailing-semicolon", "text/event-stream;", true],
    ["format-mime-bogus", "x bogus", false],
    ["format-mime-valid-bogus", "text/x-bogus", false],
    ["the page of a captive portal", "text/html; charset=utf-8", false],
    ["a type that only begins so", "text/event-streams", false],
    ["as servers may write it", "Text/Event-Stream ; charset=utf-8", true],
  ])("%s: %s", async (_, type, taken) => {
    const { blocks } = await read([new TextEncoder().encode("data:ok…\n\n")], type);
    expect(blocks.map(({ data }) => data)).toEqual(taken ? ["ok…"] : []);
  });
});

describe("connections", () => {
  beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0));
  afterEach(() => vi.restoreAllMocks());
  const first = () => connection([opened("e.0"), event(1)]).answer();
  const next = () => connection([opened("e.1"), event(2)], "stays").answer();

  async function follow(...answers: Answer[]) {
    const server = fakeServer(...answers);
    const seen = await take(clientOf(server).events.subscribe(), 2);
    return { seen, server };
  }

  test("eventsource-reconnect: an end is followed by another connection, from where it was", async () => {
    const { seen, server } = await follow(first, next);
    expect(seen).toEqual([1, 2]);
    expect(server.sent[1]?.url.searchParams.get("after")).toBe("e.1");
  });

  test("format-field-id-2: the position holds over as many connections as it takes", async () => {
    const idle = () => connection([opened("e.1")]).answer();
    const { server } = await follow(first, idle, idle, next);
    expect(server.sent.map(({ url }) => url.searchParams.get("after"))).toEqual([null, "e.1", "e.1", "e.1"]);
  });

  // An EventSource gives up for good on each of these. A stream of events that a shop lives on comes back: what says 410
  // or 503, or nothing at all, may be a proxy in front of a server that is just starting.
  test.each([204, 205, 210, 299, 410, 503])("request-status-error: %i is asked again", async (status) => {
    const empty = [204, 205].includes(status);
    const answer = () => new Response(empty ? null : "data: data\n\n", { status });
    expect((await follow(first, answer, next)).seen).toEqual([1, 2]);
  });

  test("request-status-error: 404 is the end", async () => {
    const refused = follow(first, new Response("", { status: 404 }));
    expect(await rejection(refused)).toMatchObject({ code: "not_found" });
  });

  test("request-accept: it says what it takes", async () => {
    const { server } = await follow(first, next);
    expect(server.sent[0]?.headers.get("accept")).toBe("text/event-stream");
  });

  test("eventsource-close: who closes is told nothing more, and no other connection is made", async () => {
    const open = connection([opened("e.0"), event(1) + event(2)], "stays");
    const server = fakeServer(open.answer);
    const abort = new AbortController();
    const seen: unknown[] = [];
    for await (const one of clientOf(server).events.subscribe({ signal: abort.signal })) {
      seen.push(one);
      abort.abort();
    }
    expect(seen).toHaveLength(1);
    expect(open.state.open).toBe(false);
    expect(server.sent).toHaveLength(1);
  });

  test("eventsource-request-cancellation: who closes while it connects is told nothing", async () => {
    const server = fakeServer(
      (request) =>
        new Promise((_, reject) =>
          request.signal.addEventListener("abort", () => reject(request.signal.reason)),
        ),
    );
    const abort = new AbortController();
    const seen = take(clientOf(server).events.subscribe({ signal: abort.signal }), 1);
    await vi.waitFor(() => expect(server.sent).toHaveLength(1));
    abort.abort();
    expect(await seen).toEqual([]);
    expect(server.sent).toHaveLength(1);
  });
});
