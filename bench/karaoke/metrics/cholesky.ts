/** Of its own square, a pivot may not be smaller: a signal that others explain to this degree counts as explained. */
const SMALLEST = 1e-12;

/**
 * The lower triangle L of a symmetric matrix A = L L', row by row. `matrix`: rows of a Gram matrix, of which the lower triangle is read. Rows that depend on
 * those before, as of signals without high frequencies, are kept apart from them by a small part of their own power.
 */
export function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const rows: Float64Array[] = [];
  for (const [i, source] of matrix.entries()) {
    const row = new Float64Array(i + 1);
    for (let j = 0; j < i; j++) row[j] = (source[j]! - dot(row, rows[j]!, j)) / rows[j]![j]!;
    row[i] = Math.sqrt(Math.max(source[i]! - dot(row, row, i), SMALLEST * source[i]!));
    rows.push(row);
  }
  return rows;
}

/**
 * d' A^-1 d for A = L L': what of a signal a space holds, as energy, when A are the inner products of the vectors that span it and d the signal's
 * with them.
 */
export function projectedEnergy(triangle: readonly Float64Array[], products: Float64Array): number {
  const solution = new Float64Array(products.length);
  let energy = 0;
  for (const [i, row] of triangle.entries()) {
    const value = (products[i]! - dot(row, solution, i)) / row[i]!;
    solution[i] = value;
    energy += value * value;
  }
  return energy;
}

/** Of the first `length` values; two sums at once, for one alone waits for each addition. */
function dot(a: Float64Array, b: Float64Array, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return i < length ? even + odd + a[i]! * b[i]! : even + odd;
}
