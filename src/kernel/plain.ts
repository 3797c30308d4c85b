/** The operations without matrices, in plain TypeScript: the twin of assembly/elementwise.ts. */

import { SMALLEST_NORMAL } from './subnormal.ts';

/** No model is divided by less than this, so that zeros give no NaN; far below any audible spectrum. */
export const TINY = 1e-30;

/** See {@link Kernel.scaleActivations}. */
export function scaleActivationsPlain(
  h: Float32Array,
  numerator: Float32Array,
  denominator: Float32Array,
  atoms: number,
  exponent: number,
  floor: number,
): void {
  for (let k = 0; k < atoms; k++) {
    const u = numerator[k]! / denominator[k]!;
    let scale = u;
    if (exponent === 0.5) scale = Math.sqrt(u);
    else if (exponent === 1.5) scale = u * Math.sqrt(u);
    else if (exponent !== 1) scale = Math.pow(u, exponent);
    const scaled = h[k]! * scale;
    // The comparison is false for NaN, and for what a float cannot hold.
    h[k] = scaled <= 3.4e38 && scaled > floor ? scaled : floor;
  }
}

const LARGEST = 3.4028234663852886e38;

/** Like `power` in assembly/power.ts: 0 for what is below the normal floats, and the result stays within them. */
function raised(sum: number, exponent: number): number {
  const x = Math.fround(sum);
  if (x - x !== 0) return NaN;
  if (x < SMALLEST_NORMAL) return 0;
  return Math.min(LARGEST, Math.max(SMALLEST_NORMAL, Math.pow(x, exponent)));
}

/** h[k] *= (numerator[k] + offset)^exponents[k]. */
export function raiseActivationsPlain(
  h: Float32Array,
  numerator: Float32Array,
  exponents: Float32Array,
  atoms: number,
  offset: number,
): void {
  for (let k = 0; k < atoms; k++) h[k]! *= raised(numerator[k]! + offset, exponents[k]!);
}

/** See {@link Kernel.raise}. */
export function raisePlain(values: Float32Array, length: number, exponent: number, offset: number): void {
  // Operands are floats there: 1.2 is not the same number as its nearest float.
  const e = Math.fround(exponent);
  for (let i = 0; i < length; i++) values[i] = raised(values[i]! + offset, e);
}

/** See {@link Kernel.logarithms}. */
export function logarithmsPlain(values: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const x = values[i]!;
    values[i] = x - x === 0 ? Math.log(Math.max(SMALLEST_NORMAL, x)) : NaN;
  }
}

/** See {@link Kernel.exponentials}. */
export function exponentialsPlain(values: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const x = values[i]!;
    values[i] = x - x === 0 ? Math.exp(Math.min(87, Math.max(-87, x))) : NaN;
  }
}

/** See {@link Kernel.correlate}. */
export function correlatePlain(
  a: Float32Array,
  b: Float32Array,
  results: Float32Array,
  length: number,
  shifts: number,
): void {
  for (let l = 0; l < shifts; l++) {
    let sum = 0;
    for (let n = 0; n < length; n++) sum += a[n]! * b[n + l]!;
    results[l] = sum;
  }
}

/** See {@link Kernel.maskGain}. */
export function maskGainPlain(
  models: Float32Array,
  gains: Float32Array,
  gain: Float32Array,
  sources: number,
  bins: number,
  exponent: number,
  epsilon: number,
): void {
  let mean = 0;
  for (let s = 0; s < sources; s++) mean += gains[s]!;
  mean /= sources;
  for (let f = 0; f < bins; f++) {
    let peak = 0;
    for (let s = 0; s < sources; s++) peak = Math.max(peak, models[s * bins + f]!);
    if (!(peak >= epsilon && peak > TINY)) {
      gain[f] = mean;
      continue;
    }
    // Relative to the largest model, no power can overflow or vanish.
    let sum = 0;
    let total = 0;
    for (let s = 0; s < sources; s++) {
      const model = models[s * bins + f]! / peak;
      let power = model;
      if (exponent === 2) power = model * model;
      else if (exponent !== 1) power = Math.pow(model, exponent);
      sum += gains[s]! * power;
      total += power;
    }
    gain[f] = sum / total;
  }
}
