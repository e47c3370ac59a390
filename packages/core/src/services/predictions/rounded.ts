/** To three decimals: more would say more than is known. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
