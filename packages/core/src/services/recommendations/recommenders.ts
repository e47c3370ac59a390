import { coalesced } from "../coalesced.ts";
import { buildModel, type Model, type ModelDeps } from "./model.ts";

/** The sellers' models, in memory: built when first needed, brought up to date at each use, forgotten when others need the room. */
export interface Recommenders {
  /** A seller's model, with all in it that was committed before the call. */
  current(sellerId: string): Promise<Model>;
  /** Whether a list that is kept is made anew for an answer: not while a host's transaction is open, which would wait for it. */
  readonly renews: boolean;
  forget(sellerId: string): void;
}

/** How much is held at once: of one seller anything, of all together so much. */
export interface ModelBounds {
  sellers: number;
  products: number;
  lines: number;
}

const usual: ModelBounds = { sellers: 1_000, products: 50_000, lines: 1_000_000 };
/** Older ones are built anew: what came in parts, or beyond bounds, is read as a whole then. */
const oldMs = 24 * 3_600_000;

export function createRecommenders(deps: ModelDeps, bounds: ModelBounds = usual): Recommenders {
  interface Held {
    model: Model | null;
    builtAt: number;
    /** Builds it, or brings it up to date. */
    renew(): Promise<void>;
  }
  /** The one used longest ago first. */
  const held = new Map<string, Held>();

  function hold(sellerId: string): Held {
    const one: Held = {
      ...{ model: null, builtAt: 0 },
      renew: coalesced(async () => {
        const age = Math.abs(deps.now().getTime() - one.builtAt);
        if (one.model !== null && age < oldMs && (await one.model.catchUp())) return;
        const built = await buildModel(deps, sellerId);
        // The log went on for longer than it is held, while it was built: the next use finds out.
        await built.catchUp();
        one.model = built;
        one.builtAt = deps.now().getTime();
      }),
    };
    return one;
  }

  function makeRoom(): void {
    let [products, lines] = [0, 0];
    for (const { model } of held.values()) {
      products += model?.size().products ?? 0;
      lines += model?.size().lines ?? 0;
    }
    for (const [sellerId, { model }] of held) {
      const fits = held.size <= bounds.sellers && products <= bounds.products && lines <= bounds.lines;
      if (fits || held.size === 1) return;
      held.delete(sellerId);
      products -= model?.size().products ?? 0;
      lines -= model?.size().lines ?? 0;
    }
  }

  return {
    renews: true,
    async current(sellerId) {
      const one = held.get(sellerId) ?? hold(sellerId);
      // Anew at the end: what is used longest ago is forgotten first.
      held.delete(sellerId);
      held.set(sellerId, one);
      await one.renew();
      makeRoom();
      return one.model as Model;
    },
    forget: (sellerId) => void held.delete(sellerId),
  };
}
