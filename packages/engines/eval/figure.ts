/** One figure of the table: what was measured, where it should be, and what others reach on the same data. */
export interface Figure {
  engine: "forecast" | "replenish" | "recommend" | "categorise";
  /** The data set and the measure: `m3-monthly, OWA`. */
  what: string;
  value: number;
  /** What it must reach: at most, at least, or between. The evaluation fails where it does not. */
  pass: { atMost: number } | { atLeast: number } | { between: [number, number] };
  /** What it should reach. */
  stretch?: number;
  /** Why it does not reach its line, where that is known and accepted; the evaluation fails should it reach it after all. */
  missed?: string;
  /** Who else was measured, and what they reached: `R ets 0.813`. */
  beside: string;
}

export function passes({ value, pass }: Figure): boolean {
  if ("atMost" in pass) return value <= pass.atMost;
  if ("atLeast" in pass) return value >= pass.atLeast;
  return value >= pass.between[0] && value <= pass.between[1];
}
