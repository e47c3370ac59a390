import { categorizerFrom, createCategorizer } from "../src/categorise/categorizer.ts";
import type { CategoryExample } from "../src/categorise/item.ts";
import { log } from "../src/numeric/elementary.ts";
import { hash } from "../src/text/hash.ts";
import { words } from "../src/text/words.ts";
import { read } from "./data.ts";
import type { Figure } from "./figure.ts";

interface Row extends CategoryExample {
  id: string;
  path?: string[];
}

interface Split {
  train: Row[];
  test: Row[];
}

const load = (name: string): Split => ({
  train: read<Row>(`categorise/${name}-train`),
  test: read<Row>(`categorise/${name}-test`),
});

const secondLevel = ({ train, test }: Split): Split => {
  const deeper = (row: Row): Row => ({ ...row, category: row.path!.join(" > ") });
  return { train: train.map(deeper), test: test.map(deeper) };
};

/** The lines of categories: how often the first suggestion is right, how far confidence is from that, few examples, corrections. */
export function categoriseFigures(): Figure[] {
  const bigbasket = load("bigbasket");
  const figures: Figure[] = [];
  const sets: Array<[name: string, split: Split, pass: number, stretch: number, beside: string]> = [
    ["bigbasket", bigbasket, 0.901, 0.911, "linear SVM with character n-grams 0.901"],
    ["bigbasket level 2", secondLevel(bigbasket), 0.81, 0.82, "linear SVM with character n-grams 0.810"],
    ["bestbuy-phones", load("bestbuy-phones"), 0.926, 0.936, "best of linear SVM and logistic SGD 0.926"],
    ["pricerunner", load("pricerunner"), 0.965, 0.975, "best of linear SVM and logistic SGD 0.965"],
  ];
  for (const [name, split, pass, stretch, beside] of sets) {
    const { accuracy, error } = measure(split);
    const bayes = naiveBayes(split).toFixed(3);
    figures.push(
      line(
        `${name}, top-1`,
        accuracy,
        { atLeast: pass },
        `naive Bayes ${bayes} (same run), ${beside}`,
        stretch,
      ),
      line(`${name}, calibration error`, error, { atMost: 0.03 }, ""),
    );
  }
  const draws = Array.from({ length: 10 }, (_, seed) => fewShot(bigbasket, 20, seed));
  const mean = (of: (split: Split) => number) =>
    draws.reduce((sum, draw) => sum + of(draw), 0) / draws.length;
  figures.push(
    line(
      "bigbasket, 20 examples a class, mean of 10 draws, top-1",
      mean((draw) => measure(draw).accuracy),
      { atLeast: 0.65 },
      `naive Bayes ${mean(naiveBayes).toFixed(3)} (same run), linear model 0.645 on a draw of its own`,
      0.7,
    ),
    ...corrections(bigbasket),
  );
  return figures;
}

const line = (
  what: string,
  value: number,
  pass: Figure["pass"],
  beside: string,
  stretch?: number,
): Figure => ({
  engine: "categorise",
  what,
  value,
  pass,
  beside,
  ...(stretch === undefined ? {} : { stretch }),
});

/** Top-1 accuracy, and the expected calibration error in 15 bins of equal width (Guo et al. 2017). */
function measure({ train, test }: Split): { accuracy: number; error: number } {
  const categorizer = createCategorizer({ examples: train });
  const bins = Array.from({ length: 15 }, () => ({ sure: 0, right: 0 }));
  for (const row of test) {
    const [first] = categorizer.suggest(row, { limit: 1 });
    const bin = bins[Math.min(14, Math.floor(first!.confidence * 15))]!;
    bin.sure += first!.confidence;
    bin.right += first!.category === row.category ? 1 : 0;
  }
  return {
    accuracy: bins.reduce((sum, { right }) => sum + right, 0) / test.length,
    error: bins.reduce((sum, { sure, right }) => sum + Math.abs(sure - right), 0) / test.length,
  };
}

/** The first `count` examples of each class in an order drawn by `seed`. */
function fewShot({ train, test }: Split, count: number, seed: number): Split {
  const taken = new Map<string, number>();
  const drawn = train
    .map((row) => ({ row, place: hash(row.id, seed) }))
    .sort((a, b) => a.place - b.place)
    .filter(({ row }) => {
      const before = taken.get(row.category) ?? 0;
      taken.set(row.category, before + 1);
      return before < count;
    });
  return { train: drawn.map(({ row }) => row), test };
}

/** Fifty mistakes corrected one by one: how many hold at the end, what the other items lose, and the size of the model. */
function corrections({ train, test }: Split): Figure[] {
  const categorizer = createCategorizer({ examples: train });
  const isRight = (row: Row) => categorizer.suggest(row, { limit: 1 })[0]?.category === row.category;
  const wrong = test.filter((row) => !isRight(row)).slice(0, 50);
  const others = test.filter((row) => !wrong.includes(row));
  const before = others.filter(isRight).length;
  for (const row of wrong) categorizer.learn(row, row.category);
  const text = JSON.stringify(categorizer);
  const back = categorizerFrom(JSON.parse(text));
  const same = test.every(
    (row) => JSON.stringify(back.suggest(row)) === JSON.stringify(categorizer.suggest(row)),
  );
  return [
    line(
      "bigbasket, 50 corrections: share that holds",
      wrong.filter(isRight).length / wrong.length,
      { atLeast: 1 },
      "",
    ),
    line(
      "bigbasket, 50 corrections: what other items lose, top-1",
      (before - others.filter(isRight).length) / others.length,
      { atMost: 0.002 },
      "",
    ),
    line(
      "bigbasket, model as JSON, MB",
      text.length / 1e6,
      { atMost: 3 },
      `the same after a round trip: ${same}`,
    ),
  ];
}

/** Multinomial naive Bayes over words, with Laplace's smoothing: what npm's classifiers do. */
function naiveBayes({ train, test }: Split): number {
  const tokens = (row: Row) => words(`${row.name} ${row.brand ?? ""} ${row.description ?? ""}`);
  const classes = new Map<string, { rows: number; total: number; counts: Map<string, number> }>();
  const all = new Set<string>();
  for (const row of train) {
    const one = classes.get(row.category) ?? { rows: 0, total: 0, counts: new Map<string, number>() };
    classes.set(row.category, one);
    one.rows++;
    for (const word of tokens(row)) {
      all.add(word);
      one.total++;
      one.counts.set(word, (one.counts.get(word) ?? 0) + 1);
    }
  }
  const right = test.filter((row) => {
    const found = tokens(row).filter((word) => all.has(word));
    let best = "";
    let most = Number.NEGATIVE_INFINITY;
    for (const [category, { rows, total, counts }] of classes) {
      let score = log(rows / train.length);
      for (const word of found) score += log(((counts.get(word) ?? 0) + 1) / (total + all.size));
      if (score > most) [best, most] = [category, score];
    }
    return best === row.category;
  });
  return right.length / test.length;
}
