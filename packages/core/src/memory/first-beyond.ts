/** Where, in a list in order, that begins which is beyond something. */
export function firstBeyond<T>(list: readonly T[], isBeyond: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBeyond(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
