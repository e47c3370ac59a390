/** The array itself, or a longer one with the same beginning, so that `index` is in it. */
export function reaching(array: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  if (index < array.length) return array;
  const longer = new Float64Array(2 * index);
  longer.set(array);
  return longer;
}
