import { encodedValue } from "../domain/encoded.ts";
import type { Erasure } from "../domain/erasure.ts";
import { parse } from "../domain/parse.ts";
import { sellerIdSchema } from "../domain/seller.ts";
import { notFound } from "../errors.ts";
import type { FileStore } from "../ports/files.ts";
import type { Repositories } from "../ports/repositories.ts";
import { pause } from "./pause.ts";
import type { Services } from "./services.ts";

/** How many rows one statement takes away, and the pause in which others get to the store. */
const [batchSize, pauseMs] = [2_000, 10];
/** Files that are looked up at once. */
const filesAtOnce = 100;
/** What was under way when the seller was shut is over by then: it saw a seller that was open. */
const settleMs = 5_000;
/** How often it is looked for erasures that another process began and did not end. */
const lookMs = 60_000;
const retryMs = 5_000;

interface ErasureDeps {
  repositories: Pick<Repositories, "erasures" | "files">;
  files: FileStore;
  /** Lets go of what this process remembers of a seller, and of what is cached of it. */
  forget: (sellerId: string) => Promise<void>;
  /** Streams of the seller shall look at the log, and end. */
  announce: (sellerId: string) => void;
  now: () => Date;
  epoch: () => string;
  onError: (error: unknown) => void;
}

/** Erases sellers: shuts the door, and takes everything away in the background, in this process or whichever comes after it. */
export interface ErasureWork {
  service: Services["erasures"];
  /** Goes on with what was begun, here or elsewhere. */
  start(): void;
  stop(): Promise<void>;
}

export function erasureWork(deps: ErasureDeps): ErasureWork {
  const { repositories, files, forget, announce, now, epoch, onError } = deps;
  const { erasures, files: claims } = repositories;
  const working = new Map<string, Promise<void>>();
  let stopped = new AbortController();
  let looking: Promise<unknown> | null = null;

  /** Another seller's claim to the same content keeps the file, also one that is made meanwhile. */
  async function eraseFile(sellerId: string, { id, key }: { id: number; key: string }): Promise<void> {
    if (!(await claims.isClaimed(key, id))) {
      const file = await files.get(key);
      await files.delete(key);
      if (file !== null && (await claims.isClaimed(key, id))) await files.put(key, file);
    }
    await claims.release(sellerId, id);
  }

  async function eraseRows(sellerId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await erasures.step(sellerId, batchSize)) > 0) await pause(pauseMs, signal);
  }

  async function eraseFiles(sellerId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const some = await claims.ofErased(sellerId, filesAtOnce);
      if (some.length === 0) return;
      for (const claim of some) await eraseFile(sellerId, claim);
      await pause(pauseMs, signal);
    }
  }

  async function erase(sellerId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await forget(sellerId);
        await eraseRows(sellerId, signal);
        await pause(settleMs, signal);
        // Not before: a file that was on its way when its claim went would stay, and nobody would know of it.
        await eraseFiles(sellerId, signal);
        await eraseRows(sellerId, signal);
        await forget(sellerId);
        if (signal.aborted || (await erasures.finish(sellerId, now()))?.state === "erased") return;
      } catch (error) {
        onError(error);
        await pause(retryMs, signal);
      }
    }
  }

  function work(sellerId: string): void {
    if (working.has(sellerId) || stopped.signal.aborted) return;
    working.set(
      sellerId,
      erase(sellerId, stopped.signal).finally(() => working.delete(sellerId)),
    );
  }

  async function look(signal: AbortSignal): Promise<void> {
    let after = now();
    while (!signal.aborted) {
      try {
        const at = now();
        for (const { sellerId, state } of await erasures.recent(after)) {
          if (state === "erasing") work(sellerId);
          else await forget(sellerId);
        }
        // Clocks of nodes differ a little.
        after = new Date(at.getTime() - lookMs);
      } catch (error) {
        onError(error);
      }
      await pause(lookMs, signal);
    }
  }

  const answer = (erasure: Erasure) => ({
    ...{ body: encodedValue(erasure), cursor: null, revision: null, replayed: false },
  });

  return {
    service: {
      async erase({ actor }, sellerId) {
        parse(sellerIdSchema, sellerId, "sellerId");
        const begun = await erasures.begin(sellerId, { at: now(), epoch: epoch(), requestedBy: actor });
        if (begun.state === "erasing") {
          announce(sellerId);
          work(sellerId);
        }
        return answer(begun);
      },

      async find(sellerId) {
        const found = await erasures.find(parse(sellerIdSchema, sellerId, "sellerId"));
        if (found === null) throw notFound("erasure of", sellerId);
        return answer(found);
      },
    },

    start() {
      if (stopped.signal.aborted) stopped = new AbortController();
      else if (looking !== null) return;
      // What was stopped just before may have something in flight still.
      looking = Promise.all([looking, look(stopped.signal)]);
    },

    async stop() {
      stopped.abort();
      await Promise.all([looking, ...working.values()]);
    },
  };
}
