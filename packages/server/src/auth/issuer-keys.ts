import { AmusedError } from "@amused/core";
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from "jose";

/** Keys of this age are asked for again, and go on working meanwhile. */
const refreshMs = 5 * 60_000;
/** How long they go on working where the issuer does not answer. */
const holdMs = 3_600_000;
/** How often a token that names an unknown key may have the issuer asked. */
const cooldownMs = 5_000;
/** How long the issuer is left alone after a failure, so that nobody has to wait for the next one. */
const pauseMs = 5_000;
const timeoutMs = 5_000;

/**
 * The public keys of an issuer of JWTs, by its address. A token of a key that is not there is the token's fault; where the
 * issuer can not be asked, it is `unavailable`.
 */
export function issuerKeys(url: string, onError: (error: unknown) => void): JWTVerifyGetKey {
  const cache: JWKSCacheInput & { uat?: number } = {};
  let pause: { until: number; error: unknown } | null = null;
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: holdMs,
    [jwksCache]: cache,
    [customFetch]: async (address, init) => {
      if (pause !== null && Date.now() < pause.until) throw pause.error;
      pause = null;
      return fetch(address, init);
    },
  });

  function failed(error: unknown): void {
    pause ??= { until: Date.now() + pauseMs, error };
  }

  function refresh(): void {
    if (cache.uat === undefined || Date.now() - cache.uat < refreshMs || remote.reloading) return;
    if (pause !== null && Date.now() < pause.until) return;
    remote.reload().catch((error) => {
      failed(error);
      onError(error);
    });
  }

  return async (header, token) => {
    refresh();
    try {
      return await remote(header, token);
    } catch (error) {
      if (isOfToken(error)) throw error;
      failed(error);
      throw new AmusedError(
        "unavailable",
        "The keys of the issuer of JWTs can not be read; try again in a moment.",
        { retryAfter: pauseMs / 1_000 },
        { cause: error },
      );
    }
  };
}

function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
