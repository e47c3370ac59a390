import { coalesced } from "../coalesced.ts";
import { learnFromLog } from "./learn.ts";
import { fitModel, loadModel, type Model, type ModelDeps, saveModel } from "./model.ts";

/** Models of so many sellers are in memory: some megabytes each. */
const remembered = 20;
/** A model is fitted anew when it has learned half as much again from the log, and this much at least. */
const fewest = 5;
/** It is stored when it has learned so much since, or so many events went by. */
const [learnedBetween, eventsBetween] = [100, 10_000];

/** What is known of each seller's categories, with all that the log says. */
export interface CategoryModels {
  /** The seller's model, up to the head of the log. */
  current(sellerId: string): Promise<Model>;
  /** Whether a language model may be asked too: not while a host's transaction is open, which would wait for it. */
  readonly mayAsk: boolean;
  forget(sellerId: string): void;
}

/**
 * The same within a transaction of the host's: with what it has written, which nobody else learns before it is committed.
 * Nothing is kept, and nothing goes on after the answer.
 */
export function modelsWithin(deps: ModelDeps): CategoryModels {
  return {
    current: async (sellerId) => (await broughtUp(deps, sellerId, null)).model,
    mayAsk: false,
    forget() {},
  };
}

/** A model up to the head of the log: the one given or stored, or a new one where the log does not lead on from that. */
async function broughtUp(
  deps: ModelDeps,
  sellerId: string,
  before: Model | null,
): Promise<{ model: Model; isNew: boolean }> {
  const { model: known, version } =
    before === null ? await loadModel(deps, sellerId) : { model: before, version: before.version };
  if (known !== null && (await learnFromLog(deps, sellerId, known))) return { model: known, isNew: false };
  const model = await fitModel(deps, sellerId, version);
  await learnFromLog(deps, sellerId, model);
  return { model, isNew: true };
}

interface Held {
  model: Model | null;
  current(): Promise<Model>;
  /** Fitting anew, of which there is one at a time. */
  refit: Promise<void> | null;
}

export function categoryModels(deps: ModelDeps): CategoryModels {
  const sellers = new Map<string, Held>();

  function heldOf(sellerId: string): Held {
    const known = sellers.get(sellerId);
    const held: Held = known ?? {
      model: null,
      refit: null,
      current: coalesced(() => bring(sellerId, held)),
    };
    // Anew at the end: what nobody asked for longest is forgotten first.
    sellers.delete(sellerId);
    sellers.set(sellerId, held);
    for (const oldest of sellers.keys()) {
      if (sellers.size <= remembered) break;
      sellers.delete(oldest);
    }
    return held;
  }

  /** Brings a seller's model up to the head of the log. */
  async function bring(sellerId: string, held: Held): Promise<Model> {
    const before = held.model;
    const { model, isNew } = await broughtUp(deps, sellerId, before);
    // One that was fitted anew meanwhile is the better one, and learns the rest with the next question.
    if (held.model !== before) return model;
    held.model = model;
    if (isStale(model)) refit(sellerId, held);
    else if (isNew ? model.fitted > 0 : isNews(model)) await save(sellerId, held);
    return model;
  }

  /** In the background: until it is done, the model that there is answers, and learns. */
  function refit(sellerId: string, held: Held): void {
    held.refit ??= fitModel(deps, sellerId, held.model?.version ?? 0)
      .then(async (model) => {
        // What came meanwhile is learned with the next question.
        model.version = held.model?.version ?? model.version;
        held.model = model;
        await save(sellerId, held);
      })
      // The next question tries again.
      .catch(() => {})
      .finally(() => {
        held.refit = null;
      });
  }

  /** Where another node was first, its model is taken the next time. */
  async function save(sellerId: string, held: Held): Promise<void> {
    const { model } = held;
    if (model !== null && !(await saveModel(deps, sellerId, model)) && held.model === model)
      held.model = null;
  }

  return {
    current: (sellerId) => heldOf(sellerId).current(),
    mayAsk: true,
    forget: (sellerId) => void sellers.delete(sellerId),
  };
}

function isStale({ learned, fitted }: Model): boolean {
  return learned >= Math.max(fewest, fitted / 2);
}

function isNews({ learned, basedOn, saved }: Model): boolean {
  return learned - saved.learned >= learnedBetween || basedOn - saved.basedOn >= eventsBetween;
}
