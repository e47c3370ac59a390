/** Does a piece of work once for all who ask for it meanwhile; its failure is theirs too. */
export type SingleFlight = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function singleFlight(): SingleFlight {
  const underWay = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const known = underWay.get(key) as Promise<T> | undefined;
    if (known) return known;
    const one = work().finally(() => underWay.delete(key));
    underWay.set(key, one);
    return one;
  };
}
