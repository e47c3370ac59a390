import { type CategorizerJson, type CategoryExample, createCategorizer } from "@amused/engines";

/** Learns a catalogue from the beginning: half a second for a large one. Pure, so that it can be done anywhere. */
export function fitCategorizer(examples: CategoryExample[]): CategorizerJson {
  return createCategorizer({ examples }).toJSON();
}
