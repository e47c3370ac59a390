/** The names and the `like` patterns of a filter by types; `null` lets all through. */
export function typeFilter(types: readonly string[] | null): [names: string[] | null, patterns: string[]] {
  const [nouns, names] = [true, false].map((isNoun) =>
    types?.filter((type) => type.endsWith(".*") === isNoun),
  );
  return [names ?? null, nouns?.map((type) => `${type.slice(0, -1).replace(/[\\%_]/g, "\\$&")}%`) ?? []];
}
