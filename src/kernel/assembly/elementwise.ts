import { naturalLogarithm, naturalPower, power } from './power';
import { laneSum, madd, TINY } from './vector';

const LARGEST: f32 = 3.4e38;

function scaled(h: v128, u: v128, exponent: f32, least: v128): v128 {
  let scale = u;
  if (exponent == 0.5) scale = f32x4.sqrt(u);
  else if (exponent == 1.5) scale = f32x4.mul(u, f32x4.sqrt(u));
  else if (exponent != 1) scale = power(u, f32x4.splat(exponent));
  const result = f32x4.mul(h, scale);
  const sound = v128.and(f32x4.le(result, f32x4.splat(LARGEST)), f32x4.gt(result, least));
  return v128.bitselect(result, least, sound);
}

/** See Kernel.scaleActivations. */
export function scaleActivations(
  h: usize,
  numerator: usize,
  denominator: usize,
  atoms: usize,
  exponent: f32,
  floor: f32,
): void {
  const least = f32x4.splat(floor);
  const bytes = atoms << 2;
  const whole = bytes & ~15;
  let k: usize = 0;
  for (; k < whole; k += 16) {
    const u = f32x4.div(v128.load(numerator + k), v128.load(denominator + k));
    v128.store(h + k, scaled(v128.load(h + k), u, exponent, least));
  }
  for (; k < bytes; k += 4) {
    const u = f32x4.splat(load<f32>(numerator + k) / load<f32>(denominator + k));
    const result = scaled(v128.load32_splat(h + k), u, exponent, least);
    store<f32>(h + k, f32x4.extract_lane(result, 0));
  }
}

/** h[k] *= (numerator[k] + offset)^exponents[k]. */
export function scaleByPowers(h: usize, numerator: usize, exponents: usize, atoms: usize, offset: f32): void {
  const added = f32x4.splat(offset);
  const bytes = atoms << 2;
  const whole = bytes & ~15;
  let k: usize = 0;
  for (; k < whole; k += 16) {
    const scale = power(f32x4.add(v128.load(numerator + k), added), v128.load(exponents + k));
    v128.store(h + k, f32x4.mul(v128.load(h + k), scale));
  }
  for (; k < bytes; k += 4) {
    const u = f32x4.splat(load<f32>(numerator + k) + offset);
    const scale = power(u, v128.load32_splat(exponents + k));
    store<f32>(h + k, load<f32>(h + k) * f32x4.extract_lane(scale, 0));
  }
}

/** See Kernel.raise. */
export function raise(values: usize, length: usize, exponent: f32, offset: f32): void {
  const e = f32x4.splat(exponent);
  const added = f32x4.splat(offset);
  const end = values + (length << 2);
  const whole = values + ((length & ~3) << 2);
  for (; values < whole; values += 16) {
    v128.store(values, power(f32x4.add(v128.load(values), added), e));
  }
  for (; values < end; values += 4) {
    const result = power(f32x4.splat(load<f32>(values) + offset), e);
    store<f32>(values, f32x4.extract_lane(result, 0));
  }
}

/** See Kernel.logarithms; `length` is a multiple of 4. */
export function logarithms(values: usize, length: usize): void {
  const end = values + (length << 2);
  for (; values < end; values += 16) v128.store(values, naturalLogarithm(v128.load(values)));
}

/** See Kernel.exponentials; `length` is a multiple of 4. */
export function exponentials(values: usize, length: usize): void {
  const end = values + (length << 2);
  for (; values < end; values += 16) v128.store(values, naturalPower(v128.load(values)));
}

/** See Kernel.correlate. */
export function correlate(a: usize, b: usize, results: usize, length: usize, shifts: usize): void {
  const bytes = length << 2;
  for (let l: usize = 0; l < shifts; l++) {
    const shifted = b + (l << 2);
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    let n: usize = 0;
    for (; n + 16 < bytes; n += 32) {
      even = madd(v128.load(a + n), v128.load(shifted + n), even);
      odd = madd(v128.load(a + n, 16), v128.load(shifted + n, 16), odd);
    }
    if (n < bytes) even = madd(v128.load(a + n), v128.load(shifted + n), even);
    store<f32>(results + (l << 2), laneSum(f32x4.add(even, odd)));
  }
}

/** See Kernel.maskGain; `bins` is a multiple of 4. */
export function maskGain(
  models: usize,
  gains: usize,
  gain: usize,
  sources: usize,
  bins: usize,
  exponent: f32,
  epsilon: f32,
): void {
  const bytes = bins << 2;
  let mean: f32 = 0;
  for (let s: usize = 0; s < sources; s++) mean += load<f32>(gains + (s << 2));
  const means = f32x4.splat(mean / <f32>sources);
  const least = f32x4.splat(max(epsilon, TINY));
  const one = f32x4.splat(1);
  for (let f: usize = 0; f < bytes; f += 16) {
    let peak = f32x4.splat(0);
    for (let s: usize = 0; s < sources; s++) peak = f32x4.pmax(peak, v128.load(models + s * bytes + f));
    const inverse = f32x4.div(one, f32x4.pmax(peak, least));
    let sum = f32x4.splat(0);
    let total = f32x4.splat(0);
    for (let s: usize = 0; s < sources; s++) {
      let part = f32x4.mul(v128.load(models + s * bytes + f), inverse);
      if (exponent == 2) part = f32x4.mul(part, part);
      else if (exponent != 1) part = power(part, f32x4.splat(exponent));
      sum = f32x4.add(sum, f32x4.mul(part, v128.load32_splat(gains + (s << 2))));
      total = f32x4.add(total, part);
    }
    v128.store(gain + f, v128.bitselect(f32x4.div(sum, total), means, f32x4.ge(peak, least)));
  }
}
