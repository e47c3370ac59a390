/** A symmetric positive definite system of equations, factored once (Cholesky): `matrix` (row by row) is overwritten. */
export interface Ridge {
  /** `x` with `A x = right`. */
  solve(right: Float64Array): Float64Array;
  /** The diagonal of the inverse of `A`, from the place `from` on. */
  inverseDiagonal(from: number): Float64Array;
}

export function factor(matrix: Float64Array, size: number): Ridge {
  const lower = matrix;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = lower[row + j]!;
      for (let k = 0; k < j; k++) sum -= lower[row + k]! * lower[other + k]!;
      // A matrix that is not quite positive definite (likenesses and samples need not be) gets a pivot that makes it so.
      if (i === j) lower[row + i] = Math.sqrt(Math.max(sum, 1e-3 * lower[row + i]!));
      else lower[row + j] = sum / lower[other + j]!;
    }
  }
  return {
    solve(right) {
      const x = Float64Array.from(right);
      for (let i = 0; i < size; i++) {
        let sum = x[i]!;
        for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * x[k]!;
        x[i] = sum / lower[i * size + i]!;
      }
      for (let i = size - 1; i >= 0; i--) {
        x[i]! /= lower[i * size + i]!;
        const value = x[i]!;
        for (let k = 0; k < i; k++) x[k]! -= lower[i * size + k]! * value;
      }
      return x;
    },
    inverseDiagonal(from) {
      // Column j of the inverse of L, from the diagonal down; its squares sum to the diagonal of the inverse of L L'.
      const diagonal = new Float64Array(size - from);
      const column = new Float64Array(size);
      for (let j = from; j < size; j++) {
        let squares = 0;
        for (let i = j; i < size; i++) {
          let sum = i === j ? 1 : 0;
          for (let k = j; k < i; k++) sum -= lower[i * size + k]! * column[k]!;
          column[i] = sum / lower[i * size + i]!;
          squares += column[i]! * column[i]!;
        }
        diagonal[j - from] = squares;
      }
      return diagonal;
    },
  };
}
