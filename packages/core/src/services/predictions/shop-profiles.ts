import type { ShopProfile } from "@amused/engines";
import type { EngineStateRepository } from "../../ports/engine-states.ts";

const stateName = "shop-profile";
/** Sellers whose profile is in memory. */
const remembered = 500;
/** After how long it is looked for a profile that another node, or nobody yet, has made. */
const rememberedMs = 10 * 60_000;

/** What was learned of a seller's products, and of which. */
export interface LearnedShop {
  /** `null` where there was too little to learn from. */
  profile: ShopProfile | null;
  /** How many products the catalogue had. */
  catalogue: number;
}

/** The same as it is kept. */
export interface KeptShop extends LearnedShop {
  basedOn: number;
  version: number;
  updatedAt: string;
}

/** What sellers' products taught, kept in the store and, for those asked for last, in memory. */
export interface ShopProfiles {
  /** The seller's profile, if there is one. */
  find(sellerId: string): Promise<ShopProfile | undefined>;
  /** As it is kept now; with no `profile` in it where it can not be read. */
  load(sellerId: string): Promise<KeptShop | null>;
  /** Keeps what was learned in place of the version that was loaded, unless somebody did so meanwhile. */
  save(
    sellerId: string,
    learned: LearnedShop,
    state: { basedOn: number; version: number; at: Date },
  ): Promise<void>;
  forget(sellerId: string): void;
}

export function shopProfiles(engines: EngineStateRepository, now: () => Date): ShopProfiles {
  const known = new Map<string, { until: number; profile: Promise<ShopProfile | undefined> }>();

  async function load(sellerId: string): Promise<KeptShop | null> {
    const kept = await engines.load(sellerId, stateName);
    if (kept === null) return null;
    const { basedOn, version, updatedAt } = kept;
    return { ...read(kept.state), basedOn, version, updatedAt };
  }

  return {
    find(sellerId) {
      const time = now().getTime();
      const one = known.get(sellerId);
      if (one !== undefined && one.until > time && one.until <= time + rememberedMs) return one.profile;
      const profile = load(sellerId).then((kept) => kept?.profile ?? undefined);
      // What could not be read is asked for again.
      profile.catch(() => known.delete(sellerId));
      // Anew at the end: what was asked for longest ago is forgotten first.
      known.delete(sellerId);
      known.set(sellerId, { until: time + rememberedMs, profile });
      for (const oldest of known.keys()) {
        if (known.size <= remembered) break;
        known.delete(oldest);
      }
      return profile;
    },

    load,

    async save(sellerId, learned, state) {
      await engines.save(sellerId, stateName, { ...state, state: JSON.stringify(learned) });
      known.delete(sellerId);
    },

    forget: (sellerId) => void known.delete(sellerId),
  };
}

/** A profile of another version of the engine is none. */
function read(state: string): LearnedShop {
  try {
    const { profile, catalogue } = JSON.parse(state) as LearnedShop;
    if (profile === null || profile.version === 1) return { profile, catalogue };
  } catch {}
  return { profile: null, catalogue: -1 };
}
