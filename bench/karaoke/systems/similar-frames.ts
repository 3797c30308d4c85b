/**
 * The frames that are most like a frame: local maxima of its similarity to others. `similarity`: one value a frame, `count` of them from `from`.
 * A maximum is above everything within `distance` frames on either side, and above 0; of more than `most`, the highest are kept. (Rafii and Pardo, "Music/voice
 * separation using the similarity matrix", ISMIR 2012, section 3.2.) Positions are counted from `from`.
 */
export function similarFrames(
  similarity: Float32Array,
  from: number,
  count: number,
  distance: number,
  most: number,
): number[] {
  const maxima: number[] = [];
  for (let i = 0; i < count; i++) {
    const value = similarity[from + i]!;
    if (!(value > 0)) continue;
    const end = Math.min(count - 1, i + distance);
    let j = Math.max(0, i - distance);
    while (j <= end && (j === i || similarity[from + j]! < value)) j++;
    if (j > end) maxima.push(i);
  }
  if (maxima.length <= most) return maxima;
  return maxima.toSorted((a, b) => similarity[from + b]! - similarity[from + a]!).slice(0, most);
}

/** The median of the first `count` values of `values`, which are put in another order; of an even number, the mean of the two in the middle. */
export function medianInPlace(values: Float32Array, count: number): number {
  const upper = count >> 1;
  let low = 0;
  let high = count - 1;
  // Hoare's selection: afterwards nothing before `upper` is larger than what is there.
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swap = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swap;
    }
    if (upper <= j) high = j;
    else if (upper >= i) low = i;
    else break;
  }
  if (count % 2 === 1) return values[upper]!;
  let lower = -Infinity;
  for (let i = 0; i < upper; i++) if (values[i]! > lower) lower = values[i]!;
  return (lower + values[upper]!) / 2;
}
