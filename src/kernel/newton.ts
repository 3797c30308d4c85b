import { TINY } from './plain.ts';

/**
 * The scalar Newton step on one activation h >= floor, all others fixed: returns the new h. The same formula stands in
 * assembly/newton.ts.
 *
 * `slope` is the derivative g of the divergence by h, `curvature` H that of its convex part, `steepest` the largest
 * w[f] / model[f]. Where g < 0 the curvature falls along the way, so a whole Newton step never passes the minimum. Where
 * g > 0 it grows, but at most like (1 - steepest * step)^-2 for Kullback-Leibler and ^-3 for Itakura-Saito.
 * Integrated twice this gives the steps that cannot raise the divergence: a whole one while d * steepest is small (the
 * constant of Hien and Gillis 2021, section 3.3, with a local bound in place of their global one), the minimum of the bound
 * beyond, and straight to the floor where the bound allows it. The Euclidean curvature is constant: always a whole step.
 */
export function newtonStep(
  power: 0 | 2 | 3,
  h: number,
  slope: number,
  curvature: number,
  steepest: number,
  floor: number,
): number {
  // No bin under this atom holds any energy: the divergence falls all the way down.
  if (!(curvature > 0)) return slope >= 0 ? floor : h;
  let step = slope / curvature;
  if (slope > 0 && power !== 0) {
    const reach = step * steepest;
    const share = h * steepest;
    if (step >= h && 2 * reach * (1 - share) >= share) return floor;
    if (power === 2 && reach > 0.683802) step /= 1 + reach;
    else if (power === 3 && reach > 0.5) step = (1 - 1 / Math.sqrt(1 + 2 * reach)) / steepest;
  }
  const next = h - step;
  if (next > floor) return next <= 3.4e38 ? next : h;
  return next <= floor ? floor : h;
}

/** See {@link Kernel.newtonSweep}. */
export function newtonSweepPlain(
  divergence: 'euclidean' | 'kullback-leibler' | 'itakura-saito',
  columns: Float32Array,
  v: Float32Array,
  h: Float32Array,
  model: Float32Array,
  atoms: number,
  bins: number,
  floor: number,
): void {
  const power = divergence === 'euclidean' ? 0 : divergence === 'kullback-leibler' ? 2 : 3;
  for (let k = 0; k < atoms; k++) {
    const row = k * bins;
    let slope = 0;
    let curvature = 0;
    let steepest = 0;
    for (let f = 0; f < bins; f++) {
      const w = columns[row + f]!;
      const y = Math.max(model[f]!, TINY);
      if (power === 0) {
        slope += w * (model[f]! - v[f]!);
        curvature += w * w;
        continue;
      }
      const part = w / y;
      const explained = part * v[f]!;
      if (power === 2) {
        slope += w - explained;
        curvature += part * explained;
      } else {
        slope += part - explained / y;
        curvature += (2 * part * explained) / y;
      }
      if (part > steepest) steepest = part;
    }
    const last = h[k]!;
    h[k] = newtonStep(power, last, slope, curvature, steepest, floor);
    const change = h[k]! - last;
    if (change === 0) continue;
    for (let f = 0; f < bins; f++) {
      // Rounding must not leave a model at or below zero after a large atom has gone.
      model[f] = Math.max(model[f]! + change * columns[row + f]!, floor);
    }
  }
}
