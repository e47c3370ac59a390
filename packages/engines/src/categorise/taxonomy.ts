import { usualCalibration } from "./calibrate.ts";
import { emptyModel, type Model } from "./fit.ts";
import { teach } from "./learn.ts";

/** A general list of categories, for shops that have none yet. */
export interface Taxonomy {
  /** Who says so: `Shopify Standard Product Taxonomy`. */
  name: string;
  /** Each with words that tell it, in one text. */
  categories: ReadonlyArray<{ category: string; words: string }>;
}

export function createTaxonomyModel({ categories }: Taxonomy): Model {
  const model = emptyModel();
  model.calibration = { ...usualCalibration };
  for (const { category, words } of categories) teach(model, { name: words }, category);
  return model;
}
