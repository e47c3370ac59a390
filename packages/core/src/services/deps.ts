import type { StreamPosition } from "../domain/cursor.ts";
import { formatCursor, parseCursor } from "../domain/cursor.ts";
import type { CustomEvents } from "../domain/event.ts";
import type { FileStore } from "../ports/files.ts";
import type { Command, Read, Repositories, Written } from "../ports/repositories.ts";
import type { Store } from "../ports/store.ts";
import type { Cached } from "./cached.ts";
import type { Calculator } from "./calculations/calculator.ts";
import type { ModelsService } from "./models/models.ts";
import type { PredictionCounters } from "./predictions/counters.ts";
import type { ShopProfiles } from "./predictions/shop-profiles.ts";
import type { Answer, Context } from "./services.ts";

/** What the services work with; wired in `amused.ts`, with other repositories for a joined transaction. */
export interface Deps {
  repositories: Repositories;
  /** Runs several methods as one unit of work. */
  transaction: Store["transaction"];
  files: FileStore;
  cached: Cached;
  /** Models of others, where the host has handed some in. */
  models: ModelsService;
  customEvents: CustomEvents;
  /** The currency of a product that names none. */
  currency: string;
  now: () => Date;
  /** An epoch for a log that is opened. No two logs have one, so that a cursor of another seller's is known for foreign. */
  epoch: () => string;
  /** Told of every commit, so that streams wake. */
  announce: (sellerId: string, position: StreamPosition) => void;
  /** Does what takes long. */
  calculator: Calculator;
  /** What sellers' products teach of each other. */
  shopProfiles: ShopProfiles;
  predictionCounters: PredictionCounters;
}

/** The command of a call made now. */
export function commandOf(deps: Deps, context: Context): Command {
  return {
    sellerId: context.sellerId,
    actor: context.actor,
    requestId: context.requestId ?? null,
    at: deps.now(),
    epoch: deps.epoch(),
    idempotency: context.idempotency ?? null,
  };
}

/** The actor of what the system does by itself. */
const systemActor = "amused";

/** The command of what the system does by itself, at this moment when not said. */
export function systemCommand(
  { now, epoch }: Pick<Deps, "now" | "epoch">,
  sellerId: string,
  at: Date = now(),
): Command {
  return { sellerId, actor: systemActor, at, epoch: epoch(), idempotency: null };
}

/** Turns what a repository wrote into the answer, and wakes the streams. */
export function answerWritten<T>(deps: Deps, sellerId: string, written: Written<T>): Answer<T> {
  if (written.position !== null && !written.replayed) deps.announce(sellerId, written.position);
  const cursor = written.position === null ? null : formatCursor(written.position);
  return { body: written.body, cursor, revision: written.revision, replayed: written.replayed };
}

/**
 * Turns what was read into the answer. A seller without a log gets one here: the log was empty in the snapshot, so that
 * position 0 is its cursor even if a write came between.
 */
export async function answerRead<T>(
  deps: Deps,
  sellerId: string,
  read: Read<T>,
  revision: string | null = null,
): Promise<Answer<T>> {
  const head = read.head ?? { ...(await deps.repositories.events.open(sellerId, deps.epoch())), seq: 0 };
  return { body: read.body, cursor: formatCursor(head), revision, replayed: false };
}

/** There is one database, so every read sees every write; what is left to do is to refuse a cursor that is none. */
export function checkSees(context: Context): void {
  if (context.sees != null) parseCursor(context.sees, "Amused-Cursor");
}
