import type { Credential } from "../options.ts";
import { broken } from "./problem.ts";

/** The credential of a client, asked for once and shared by all its requests. */
export interface HeldCredential {
  get(): Promise<string | undefined>;
  /** Forgets what `get` gave, unless somebody else did already; tells whether asking again can bring another. */
  renew(refused: Promise<string | undefined>): boolean;
}

export function holdCredential(source: Credential | undefined): HeldCredential {
  let held: Promise<string | undefined> | undefined;

  async function ask(): Promise<string | undefined> {
    // So that one which throws at once is forgotten after it was held, as one that rejects.
    await undefined;
    try {
      return typeof source === "function" ? await source() : source;
    } catch (cause) {
      held = undefined;
      // Whoever hands out credentials is a dependency like any other: a stream waits until it is back.
      throw broken("Asking for the credential", cause);
    }
  }

  return {
    get: () => (held ??= ask()),
    renew(refused) {
      if (held === refused) held = undefined;
      return typeof source === "function";
    },
  };
}
