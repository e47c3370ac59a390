import { AmusedError, momentSchema, type Scope, scopes, sellerIdSchema, visibleText } from "@amused/core";
import { z } from "zod";

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

/** Whom a credential or a host names as the one who acts: it stands in the ledger and in logs. */
export const actorSchema: z.ZodString = visibleText(255).regex(
  /^\P{Cc}+$/u,
  "must not hold control characters",
);

/** What a host says about a caller. Nobody becomes an administrator because a field is missing. */
export const accessSchema: z.ZodType<Access> = z
  .object({
    sellerId: sellerIdSchema.nullable(),
    scopes: z.array(z.enum(scopes)).readonly(),
    actor: actorSchema,
    expiresAt: momentSchema.nullish().transform((expiresAt) => expiresAt ?? null),
  })
  .refine(({ sellerId, scopes }) => sellerId !== null || scopes.includes("admin"), {
    path: ["sellerId"],
    message: "must name a seller, except beside the scope admin",
  });

/** Refuses an access that lacks the scope. */
export function checkScope(access: Access, scope: Scope): void {
  if (hasScope(access, scope)) return;
  throw new AmusedError("forbidden", `This needs a credential with the scope ${scope}.`, { scope });
}

function hasScope({ scopes, sellerId }: Access, scope: Scope): boolean {
  // A seller's credential is never an administrator's, whatever it says.
  if (sellerId === null) return scopes.includes("admin");
  if (scope === "admin") return false;
  return scopes.includes(scope) || (scope === "read" && scopes.includes("write"));
}
