import { AmusedError, faults, isAmusedError, type Scope, sellerIdSchema } from "@amused/core";
import { errors, type JWTVerifyOptions, jwtVerify } from "jose";
import { z } from "zod";
import { sha256 } from "../http/sha256.ts";
import { type Access, actorSchema } from "./access.ts";
import { issuerKeys } from "./issuer-keys.ts";

/** Whose JWTs are accepted beside our keys. */
export interface JwtOptions {
  /** Where the issuer's public keys are (JWKS): https, or a loopback address. */
  jwksUrl: string;
  /** The `iss` that a token must have. */
  issuer: string;
  /** The `aud` that a token must have. */
  audience: string;
}

/** Of these, the verifier has a public key only: with it, nobody can sign. */
const algorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** Clocks differ. */
const toleranceSeconds = 10;
/** A token can not be revoked, so that it must end by itself. */
const mostSeconds = 24 * 3_600;
/** How long a token is believed without being verified again; open streams ask every second. */
const believedMs = 60_000;
const remembered = 10_000;

const claimsSchema = z.object({
  exp: z.number(),
  seller_id: sellerIdSchema,
  sub: actorSchema.optional(),
  // Of OAuth, where it is a text of words, and of issuers that make a list of it.
  scope: z.union([z.string(), z.array(z.string())], "must be a text or a list").default(""),
});

/** Tells a JWT from an API key by its looks. */
export function looksLikeJwt(token: string): boolean {
  return token.startsWith("eyJ") && token.split(".", 4).length === 3;
}

/**
 * Who holds a JWT of the host's own issuer: the seller of `seller_id`, with the scopes `read` and `write` of `scope`. A JWT is
 * never an administrator's. `unauthenticated` when it is not good here, `unavailable` while the issuer's keys are not known.
 */
export function jwtVerifier(
  { jwksUrl, issuer, audience }: JwtOptions,
  onError: (error: unknown) => void,
): (token: string) => Promise<Access> {
  const keys = issuerKeys(jwksUrl, onError);
  const known = new Map<string, { access: Access; until: number }>();
  const options: JWTVerifyOptions = {
    issuer,
    audience,
    algorithms,
    clockTolerance: toleranceSeconds,
    requiredClaims: ["exp"],
  };

  return async (token) => {
    const name = await sha256(token);
    const before = known.get(name);
    if (before !== undefined && Date.now() < before.until) return before.access;
    const access = accessOf(await verified(token));
    const ends = Date.parse(access.expiresAt as string);
    known.delete(name);
    // Old entries go first.
    if (known.size >= remembered) known.delete(known.keys().next().value as string);
    known.set(name, { access, until: Math.min(Date.now() + believedMs, ends) });
    return access;
  };

  async function verified(token: string): Promise<unknown> {
    try {
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      if (isAmusedError(error) || !(error instanceof errors.JOSEError)) throw error;
      throw refused(saidOf(error), error);
    }
  }
}

function accessOf(payload: unknown): Access {
  const { data: claims, error } = claimsSchema.safeParse(payload);
  if (error !== undefined) {
    const said = faults(error.issues, claimsSchema).map(({ path, message }) => `${path} ${message}`);
    throw refused(`The token's claims are not fit: ${said.join("; ")}.`);
  }
  const { exp, seller_id: sellerId, sub, scope } = claims;
  if (exp > Date.now() / 1_000 + mostSeconds + toleranceSeconds)
    throw refused(
      "The token ends more than 24 hours from now: let it end sooner, because it can not be revoked.",
    );
  const words = new Set(typeof scope === "string" ? scope.split(" ") : scope);
  return {
    sellerId,
    scopes: (["read", "write"] satisfies Scope[]).filter((scope) => words.has(scope)),
    actor: sub === undefined ? `jwt:${sellerId}` : `user:${sub}`,
    expiresAt: new Date(exp * 1_000).toISOString(),
  };
}

/** The signature is checked before the claims are, so that only an issuer's own token is told which of them is wrong. */
function saidOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "The token has expired.";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} is missing, or is not what is accepted here.`;
  return "The token is not valid here.";
}

function refused(message: string, cause?: unknown): AmusedError<"unauthenticated"> {
  return new AmusedError("unauthenticated", message, {}, { cause });
}
