/** The array itself, or one twice as long with the same beginning, so that `index` is in it. */
export function reaching<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  array: T,
  index: number,
): T {
  if (index < array.length) return array;
  const longer = (array instanceof Int32Array ? new Int32Array(2 * index) : new Float64Array(2 * index)) as T;
  longer.set(array);
  return longer;
}
