/** A source of numbers that depends on nothing but its seed. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal, mean 0 and deviation 1. */
  normal(): number;
  /** Integer in [0, below). */
  integer(below: number): number;
}

/** xoshiro128** (Blackman and Vigna 2018), its state filled from the seed by splitmix32. `seed`: any finite number. */
export function createRandom(seed = 0): Random {
  if (!Number.isFinite(seed)) throw new RangeError(`The seed is ${seed}; it must be a finite number.`);
  let mix = Math.floor(seed) >>> 0;
  const next32 = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let a = next32();
  let b = next32();
  let c = next32();
  let d = next32() | 1;
  const uniform = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
  };
}

/** `count` different integers of [0, below), in increasing order; all of them where count >= below. */
export function sampleIndices(random: Random, below: number, count: number): Int32Array {
  const chosen = Int32Array.from({ length: below }, (_, i) => i);
  if (count >= below) return chosen;
  // The first `count` steps of a Fisher-Yates shuffle.
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(below - i);
    const swap = chosen[i]!;
    chosen[i] = chosen[j]!;
    chosen[j] = swap;
  }
  return chosen.slice(0, count).toSorted();
}
