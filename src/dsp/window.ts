/** Windows for overlap-add whose analysis and synthesis halves multiply to a window that sums to one at the hop. */

export interface WindowPair {
  /** `windowLength` values. */
  readonly analysis: Float64Array;
  /** The last `tail` values of the synthesis window; it is zero before. Holds the overlap-add scale. */
  readonly synthesis: Float64Array;
}

/**
 * Periodic square-root Hann window, or with a `tail` shorter than `length` the asymmetric analysis window of Mauler and Martin
 * (EUSIPCO 2007): it rises slowly over the past and falls over the last tail / 2 samples.
 */
export function analysisWindow(length: number, tail: number = length): Float64Array {
  return asymmetricAnalysis(length, productWindow(tail, Math.max(1, Math.floor(tail / 2))));
}

/**
 * Analysis and synthesis windows for perfect reconstruction. `hop` < `tail` <= `windowLength`, in samples, or a RangeError
 * is thrown. Where `tail` is a multiple of the hop, of at least two hops, the product is a periodic Hann window, as in Mauler and
 * Martin; elsewhere it is a box of one hop smoothed with a Hann window, which sums to one at any hop.
 */
export function windowPair(windowLength: number, tail: number, hop: number): WindowPair {
  if (!(hop >= 1 && tail > hop && windowLength >= tail)) {
    throw new RangeError(
      `Window ${windowLength}, tail ${tail}, hop ${hop} samples: they must fall in this order, the tail above the hop.`,
    );
  }
  const product = productWindow(tail, hop);
  const analysis = asymmetricAnalysis(windowLength, product);
  const start = windowLength - tail;
  // The product's sum over all shifts by one hop.
  let overlap = 0;
  for (let n = 0; n < tail; n += hop) overlap += product[n]!;
  const synthesis = product.map((value, n) => (value === 0 ? 0 : value / (analysis[start + n]! * overlap)));
  return { analysis, synthesis };
}

/** Peak 1; sums to a constant when shifted by `hop`. */
function productWindow(tail: number, hop: number): Float64Array {
  if (tail % hop === 0 && tail >= 2 * hop) {
    return Float64Array.from({ length: tail }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / tail));
  }
  const kernel = tail - hop + 1;
  const product = new Float64Array(tail);
  for (let i = 0; i < kernel; i++) {
    const value = 1 - Math.cos((2 * Math.PI * (i + 1)) / (kernel + 1));
    for (let j = 0; j < hop; j++) product[i + j]! += value;
  }
  const peak = product.reduce((a, b) => Math.max(a, b), 0);
  return product.map((value) => value / peak);
}

/** Rises as a sine up to the middle of the product window, then falls as the square root of the product. */
function asymmetricAnalysis(length: number, product: Float64Array): Float64Array {
  const tail = product.length;
  const middle = Math.floor(tail / 2);
  const rise = length - tail + middle;
  return Float64Array.from({ length }, (_, n) =>
    n < rise ? Math.sin((0.5 * Math.PI * n) / rise) : Math.sqrt(product[n - (length - tail)]!),
  );
}
