/** The divergences of the beta family with their own name: beta = 2, 1 and 0. */
export type Divergence = 'euclidean' | 'kullback-leibler' | 'itakura-saito';

export const DIVERGENCES: readonly Divergence[] = ['euclidean', 'kullback-leibler', 'itakura-saito'];

/**
 * D(v | model), summed over `length` values from `offset` in each array.
 *
 * Euclidean 1/2 (v - y)^2; Kullback-Leibler v log(v/y) - v + y; Itakura-Saito v/y - log(v/y) - 1 (Fevotte and Idier 2011,
 * eq. 2 with beta 2, 1, 0). A zero in v counts y in Kullback-Leibler (its limit); Itakura-Saito needs v > 0, and
 * is taken at 1e-12 there.
 */
export function divergenceBetween(
  kind: Divergence,
  v: ArrayLike<number>,
  model: ArrayLike<number>,
  length: number = v.length,
  offset = 0,
): number {
  let sum = 0;
  for (let i = offset; i < offset + length; i++) {
    const x = v[i]!;
    const y = model[i]!;
    if (kind === 'euclidean') sum += 0.5 * (x - y) * (x - y);
    else if (kind === 'kullback-leibler') sum += x > 0 ? x * Math.log(x / y) - x + y : y;
    else {
      const ratio = Math.max(x, 1e-12) / y;
      sum += ratio - Math.log(ratio) - 1;
    }
  }
  return sum;
}
