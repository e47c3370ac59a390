import {
  type CategorizerJson,
  type CategoryExample,
  learnShop,
  type SeriesInput,
  type ShopProfile,
} from "@amused/engines";
import { fitCategorizer } from "../categories/fit.ts";
import { type DemandSoFar, type Outlook, outlook, storedHorizon } from "../predictions/outlook.ts";

/** What takes too long for the event loop: pure functions of plain data, the same in a thread and without one. */
export const calculations = {
  outlook: ({ of, horizon }: { of: DemandSoFar; horizon?: number | undefined }): Outlook =>
    outlook(of, horizon),

  shopProfile: ({ series }: { series: SeriesInput[] }): ShopProfile =>
    learnShop(series, { horizon: storedHorizon, frequency: "daily" }),

  categorizer: ({ examples }: { examples: CategoryExample[] }): CategorizerJson => fitCategorizer(examples),
};

export type CalculationName = keyof typeof calculations;
export type InputOf<Name extends CalculationName> = Parameters<(typeof calculations)[Name]>[0];
export type ResultOf<Name extends CalculationName> = ReturnType<(typeof calculations)[Name]>;

/** Does the calculation of this name. */
export function calculate(name: CalculationName, input: unknown): unknown {
  return calculations[name](input as never);
}
