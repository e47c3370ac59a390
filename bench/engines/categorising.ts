import { createRequire } from "node:module";
import { join } from "node:path";
import { createCategorizer } from "@amused/engines";
import { hasData, read } from "../../packages/engines/eval/data.ts";
import { download } from "../../scripts/services/download.ts";
import { type Timing, time, whole } from "./timing.ts";

interface Item {
  name: string;
  category: string;
}

interface Classifier {
  addDocument(text: string, label: string): void;
  train(): void;
  classify(text: string): string;
}

export interface Categorising {
  items: number;
  fitMs: number;
  suggest: Timing;
  learn: Timing;
  kilobytes: number;
  /** natural's naive Bayes classifier, the fastest it has. */
  natural: { fitMs: number; classify: Timing };
}

/** The 6,128 titles of PriceRunner, beside `natural`; `undefined` where the data is not there. */
export function categorising(): Categorising | undefined {
  if (!hasData) return undefined;
  const items = read<Item>("categorise/pricerunner-train");
  const asked = read<Item>("categorise/pricerunner-test").slice(0, 1000);
  let categorizer = createCategorizer();
  const fitMs = whole(() => {
    categorizer = createCategorizer({ examples: items });
  });
  const suggest = time(asked, ({ name }) => categorizer.suggest({ name }));
  const kilobytes = JSON.stringify(categorizer.toJSON()).length / 1024;
  const learn = time(asked.slice(0, 200), ({ name, category }) => categorizer.learn({ name }, category));

  // 80 MB with the drivers of four databases: got when this is asked for, and not with everybody's installation.
  const folder = download("natural", "natural@8.1.1");
  const { BayesClassifier } = createRequire(join(folder, "index.js"))("natural") as {
    BayesClassifier: new () => Classifier;
  };
  const natural = new BayesClassifier();
  const naturalFit = whole(() => {
    for (const { name, category } of items) natural.addDocument(name, category);
    natural.train();
  });
  const classify = time(asked, ({ name }) => natural.classify(name));
  return { items: items.length, fitMs, suggest, learn, kilobytes, natural: { fitMs: naturalFit, classify } };
}
