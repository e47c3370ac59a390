import { type CalculationName, calculate } from "./calculations.ts";

/** Does one calculation at a time. */
export interface Runner {
  /** Throws what the calculation throws; `RunnerLost` when the runner came to its end in the middle of it. */
  run(name: CalculationName, input: unknown): Promise<unknown>;
  end(): Promise<void>;
}

/** The runner is no more, and what it was doing is not done. */
export class RunnerLost extends Error {
  override readonly name = "RunnerLost";
}

/** Calculates on the event loop: whoever waits for this process gets his turn before each calculation. */
export const inlineRunner: Runner = {
  async run(name, input) {
    await new Promise((resolve) => setTimeout(resolve));
    return calculate(name, input);
  },
  end: async () => {},
};
