import { type CategorizerJson, type CategoryExample, createCategorizer } from "@amused/engines";

/** Learns a catalogue from the beginning: seconds for a large one. Pure, so that it can be done in a thread. */
export function fitCategorizer(examples: CategoryExample[]): CategorizerJson {
  return createCategorizer({ examples }).toJSON();
}
