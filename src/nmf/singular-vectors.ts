import { addProduct, innerProduct, innerProducts } from './matrix.ts';
import type { Random } from './random.ts';

export interface SingularVectors {
  /** Largest first. */
  readonly values: Float64Array;
  /** count x N: one left vector (over the frames) per row. */
  readonly left: Float64Array;
  /** count x F: one right vector (over the bins) per row. */
  readonly right: Float64Array;
}

const BLOCK_FRAMES = 64;
const OVERSAMPLING = 10;
const POWER_ITERATIONS = 4;

/**
 * The `count` largest singular values of V (N x F, row-major) and their vectors, by subspace iteration from a random start
 * (Halko, Martinsson and Tropp 2011, algorithm 4.4). `count` is cut to the smaller side of V.
 */
export function singularVectors(
  v: Float32Array,
  frames: number,
  bins: number,
  count: number,
  random: Random,
): SingularVectors {
  const wanted = Math.min(count, frames, bins);
  const size = Math.min(wanted + OVERSAMPLING, frames, bins);
  const subspace = Float64Array.from({ length: size * bins }, () => random.normal());
  orthonormalizeRows(subspace, size, bins);
  const image = new Float64Array(frames * size);
  for (let i = 0; i < POWER_ITERATIONS; i++) {
    const next = new Float64Array(size * bins);
    for (let first = 0; first < frames; first += BLOCK_FRAMES) {
      const n = Math.min(BLOCK_FRAMES, frames - first);
      const block = Float64Array.from(v.subarray(first * bins, (first + n) * bins));
      const projected = image.subarray(first * size, (first + n) * size);
      innerProducts(projected, block, subspace, n, size, bins);
      addProduct(next, projected, block, size, n, bins, 1, size);
    }
    orthonormalizeRows(next, size, bins);
    subspace.set(next);
  }
  // The small problem: B = V Q', of which B'B = E diag(values^2) E'.
  const gram = new Float64Array(size * size);
  for (let first = 0; first < frames; first += BLOCK_FRAMES) {
    const n = Math.min(BLOCK_FRAMES, frames - first);
    const block = Float64Array.from(v.subarray(first * bins, (first + n) * bins));
    const projected = image.subarray(first * size, (first + n) * size);
    innerProducts(projected, block, subspace, n, size, bins);
    addProduct(gram, projected, projected, size, n, size, 1, size);
  }
  const { values: squares, vectors } = symmetricEigen(gram, size);
  const values = new Float64Array(wanted);
  const left = new Float64Array(wanted * frames);
  const right = new Float64Array(wanted * bins);
  addProduct(right, vectors, subspace, wanted, size, bins, size, 1);
  innerProducts(left, vectors.subarray(0, wanted * size), image, wanted, frames, size);
  for (let k = 0; k < wanted; k++) {
    values[k] = Math.sqrt(Math.max(0, squares[k]!));
    const scale = values[k]! > 0 ? 1 / values[k]! : 0;
    for (let n = k * frames; n < (k + 1) * frames; n++) left[n] = left[n]! * scale;
  }
  return { values, left, right };
}

/** Modified Gram-Schmidt, twice over for accuracy. A row that depends on those before it becomes zero. */
function orthonormalizeRows(rows: Float64Array, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const before = Math.sqrt(innerProduct(rows, i * length, rows, i * length, length));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const along = innerProduct(rows, i * length, rows, j * length, length);
        for (let f = 0; f < length; f++)
          rows[i * length + f] = rows[i * length + f]! - along * rows[j * length + f]!;
      }
    }
    const norm = Math.sqrt(innerProduct(rows, i * length, rows, i * length, length));
    const scale = norm > 1e-12 * before ? 1 / norm : 0;
    for (let f = 0; f < length; f++) rows[i * length + f] = rows[i * length + f]! * scale;
  }
}

/** Eigenvalues, largest first, and eigenvectors (one per row) of a symmetric matrix, by cyclic Jacobi rotations. */
export function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const e = new Float64Array(size * size);
  for (let i = 0; i < size; i++) e[i * size + i] = 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        if (i === j) diagonal += a[i * size + j]! ** 2;
        else off += a[i * size + j]! ** 2;
      }
    }
    if (off <= 1e-28 * diagonal) break;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, e, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).toSorted(
    (i, j) => a[j * size + j]! - a[i * size + i]!,
  );
  const vectors = new Float64Array(size * size);
  order.forEach((i, row) => vectors.set(e.subarray(i * size, (i + 1) * size), row * size));
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors };
}

/** The rotation that makes a[p][q] zero (Golub and Van Loan, section 8.5). The rows of e follow. */
function rotate(a: Float64Array, e: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  if (apq === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < size; i++) {
    const x = a[i * size + p]!;
    const y = a[i * size + q]!;
    a[i * size + p] = c * x - s * y;
    a[i * size + q] = s * x + c * y;
  }
  for (let i = 0; i < size; i++) {
    const x = a[p * size + i]!;
    const y = a[q * size + i]!;
    a[p * size + i] = c * x - s * y;
    a[q * size + i] = s * x + c * y;
    const u = e[p * size + i]!;
    const w = e[q * size + i]!;
    e[p * size + i] = c * u - s * w;
    e[q * size + i] = s * u + c * w;
  }
}
