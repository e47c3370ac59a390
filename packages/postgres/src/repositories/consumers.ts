import type { ConsumerRepository } from "@amused/core";
import type { Database } from "../database.ts";
import { checkpoints } from "./checkpoints.ts";
import { deadLetters } from "./dead-letters.ts";
import { replays } from "./replays.ts";

/** Consumers of the log: where they stand, what they gave up on, and how they are set back. */
export function consumerRepository(schema: string): (database: Database) => ConsumerRepository {
  const parts = [checkpoints(schema), deadLetters(schema), replays(schema)] as const;
  return (database) => ({ ...parts[0](database), ...parts[1](database), ...parts[2](database) });
}
