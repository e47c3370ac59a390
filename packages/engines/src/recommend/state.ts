import { EngineError, finite } from "../errors.ts";
import { mostLevel } from "./baskets.ts";
import { checkId } from "./product.ts";
import type { RecommenderState } from "./types.ts";

/** Refuses what `toJSON` of a recommender can not have given. Its products and powers are checked where they are taken in. */
export function checkState(state: RecommenderState): void {
  if (state?.version !== 1) throw new EngineError("version", "expected a recommender's state, version 1");
  list("products", state.products);
  if (typeof state.powers !== "object" || state.powers === null)
    throw new EngineError("powers", "expected powers");
  const known = new Set(list("ids", state.ids).map((id, at) => checkId(id, `ids.${at}`)));
  if (known.size < state.ids.length) throw new EngineError("ids", "expected every id once");
  if (typeof state.baskets !== "object" || state.baskets === null)
    throw new EngineError("baskets", "expected baskets");
  const { total, sold, mass, level, baskets } = state.baskets;
  count("baskets.total", total);
  count("baskets.level", level, mostLevel);
  for (const [field, values] of Object.entries({ sold, mass })) {
    list(`baskets.${field}`, values, known.size);
    for (const [at, value] of values.entries())
      finite(`baskets.${field}.${at}`, value, 0, Number.MAX_SAFE_INTEGER);
  }
  for (const [at, basket] of list("baskets.baskets", baskets).entries()) {
    const path = `baskets.baskets.${at}`;
    const [key = -1, times = -1, weight = -1, ...items] = list(path, basket);
    count(`${path}.0`, key);
    count(`${path}.1`, times);
    finite(`${path}.2`, weight, 0, 1);
    for (const [line, item] of items.entries()) count(`${path}.${line + 3}`, item, sold.length - 1);
  }
}

function list<T>(path: string, values: readonly T[], most = Number.MAX_SAFE_INTEGER): readonly T[] {
  if (!Array.isArray(values) || values.length > most)
    throw new EngineError(
      path,
      `expected a list${most < Number.MAX_SAFE_INTEGER ? ` of ${most} at most` : ""}`,
    );
  return values;
}

function count(path: string, value: number, most = Number.MAX_SAFE_INTEGER): void {
  if (finite(path, value, 0, most) % 1 !== 0) throw new EngineError(path, "expected a whole number");
}
