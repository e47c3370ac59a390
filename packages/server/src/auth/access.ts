import { AmusedError, type Scope } from "@amused/core";

/** Who calls, and what they may do. */
export interface Access {
  /** Whose shop it is; `null` for an administrator, who belongs to none and acts for one with `?sellerId=`. */
  sellerId: string | null;
  /** `write` implies `read`; `admin`, which goes with no seller, implies both. */
  scopes: readonly Scope[];
  /** Stands in the ledger and in events as the one who did it: `key:12`. */
  actor: string;
  /** When the credential ends, and with it an open stream; ISO 8601. */
  expiresAt?: string | null;
}

/** Refuses an access that lacks the scope. */
export function checkScope(access: Access, scope: Scope): void {
  if (hasScope(access, scope)) return;
  throw new AmusedError("forbidden", `This needs a credential with the scope ${scope}.`, { scope });
}

function hasScope({ scopes, sellerId }: Access, scope: Scope): boolean {
  // A seller's credential is never an administrator's, whatever it says.
  if (sellerId === null && scopes.includes("admin")) return true;
  if (scope === "admin") return false;
  return scopes.includes(scope) || (scope === "read" && scopes.includes("write"));
}
