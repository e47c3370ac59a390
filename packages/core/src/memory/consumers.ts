import type { ConsumerRepository } from "../ports/consumers.ts";
import type { Run } from "./access.ts";
import { checkpoints } from "./checkpoints.ts";
import { deadLetters } from "./dead-letters.ts";
import { replays } from "./replays.ts";
import type { Database } from "./state.ts";

/** Consumers of the log: where they stand, what they gave up on, and how they are set back. */
export function consumerRepository(db: Database, run: Run): ConsumerRepository {
  return { ...checkpoints(db, run), ...deadLetters(db, run), ...replays(db, run) };
}
