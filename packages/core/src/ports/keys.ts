import type { ApiKey, Scope } from "../domain/key.ts";
import type { Command, Written } from "./command.ts";
import type { PageRequest, Rows } from "./rows.ts";

export interface KeyRow {
  sellerId: string | null;
  name: string;
  prefix: string;
  /** SHA-256 of the whole key, hex. */
  hash: string;
  scopes: Scope[];
  origins: string[] | null;
  expiresAt: string | null;
}

/** What of a key that takes another's place is its own. */
export interface KeySuccessor {
  prefix: string;
  hash: string;
  /** That of the old one when not said. */
  expiresAt?: string | null;
  /** When the old one ends, if not before. */
  until: Date;
}

export interface KeyRepository {
  /** Event `keys.created` on its seller's log, if it has a seller. */
  create(command: Omit<Command, "sellerId">, row: KeyRow): Promise<Written<ApiKey>>;
  /** The key of this hash, unless revoked. */
  find(hash: string): Promise<ApiKey | null>;
  /** The key of this id, unless revoked. */
  findById(id: number): Promise<ApiKey | null>;
  /** Whether a key that is not revoked names this origin. */
  knowsOrigin(origin: string): Promise<boolean>;
  /** Newest first; `null` lists those of all sellers and the admin keys. */
  list(sellerId: string | null, page: PageRequest): Promise<Rows<ApiKey>>;
  /**
   * Makes a key with the seller, name, scopes and origins of this one, which ends at `until`. Events `keys.created` and
   * `keys.rotated`. `null` when there is none, or it is revoked, has ended, or was replaced before.
   */
  rotate(
    command: Omit<Command, "sellerId">,
    id: number,
    successor: KeySuccessor,
  ): Promise<Written<ApiKey> | null>;
  /** Event `keys.revoked`. `null` when there is none, or it is revoked already. */
  revoke(command: Omit<Command, "sellerId">, id: number): Promise<Written<null> | null>;
  /** Notes when keys were last used. */
  touch(uses: { id: number; at: Date }[]): Promise<void>;
}
