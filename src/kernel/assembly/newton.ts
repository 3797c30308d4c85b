import { TINY, laneMax, laneSum, madd } from './vector';

/** See newtonStep in ../newton.ts, which says why. */
function newtonStep(power: i32, h: f64, slope: f64, curvature: f64, steepest: f64, floor: f64): f64 {
  if (!(curvature > 0)) return slope >= 0 ? floor : h;
  let step = slope / curvature;
  if (slope > 0 && power != 0) {
    const reach = step * steepest;
    const share = h * steepest;
    if (step >= h && 2 * reach * (1 - share) >= share) return floor;
    if (power == 2 && reach > 0.683802) step /= 1 + reach;
    else if (power == 3 && reach > 0.5) step = (1 - 1 / sqrt<f64>(1 + 2 * reach)) / steepest;
  }
  const next = h - step;
  if (next > floor) return next <= 3.4e38 ? next : h;
  return next <= floor ? floor : h;
}

/** See Kernel.newtonSweep; `power` is 0 Euclidean, 2 Kullback-Leibler, 3 Itakura-Saito; `bins` a multiple of 4. */
export function newtonSweep(
  power: i32,
  columns: usize,
  v: usize,
  h: usize,
  model: usize,
  atoms: usize,
  bins: usize,
  floor: f32,
): void {
  const tiny = f32x4.splat(TINY);
  const least = f32x4.splat(floor);
  const bytes = bins << 2;
  const end = h + (atoms << 2);
  while (h < end) {
    let slopes = f32x4.splat(0);
    let curvatures = f32x4.splat(0);
    let steepest = f32x4.splat(0);
    if (power == 2) {
      for (let f: usize = 0; f < bytes; f += 16) {
        const w = v128.load(columns + f);
        const part = f32x4.div(w, f32x4.pmax(v128.load(model + f), tiny));
        const explained = f32x4.mul(part, v128.load(v + f));
        slopes = f32x4.add(slopes, f32x4.sub(w, explained));
        curvatures = madd(part, explained, curvatures);
        steepest = f32x4.pmax(steepest, part);
      }
    } else if (power == 3) {
      const one = f32x4.splat(1);
      for (let f: usize = 0; f < bytes; f += 16) {
        const inverse = f32x4.div(one, f32x4.pmax(v128.load(model + f), tiny));
        const part = f32x4.mul(v128.load(columns + f), inverse);
        const explained = f32x4.mul(f32x4.mul(part, v128.load(v + f)), inverse);
        slopes = f32x4.add(slopes, f32x4.sub(part, explained));
        curvatures = madd(f32x4.add(part, part), explained, curvatures);
        steepest = f32x4.pmax(steepest, part);
      }
    } else {
      for (let f: usize = 0; f < bytes; f += 16) {
        const w = v128.load(columns + f);
        slopes = madd(w, f32x4.sub(v128.load(model + f), v128.load(v + f)), slopes);
        curvatures = madd(w, w, curvatures);
      }
    }
    const last = load<f32>(h);
    const next = <f32>newtonStep(power, last, laneSum(slopes), laneSum(curvatures), laneMax(steepest), floor);
    store<f32>(h, next);
    const change = next - last;
    if (change != 0) {
      const step = f32x4.splat(change);
      for (let f: usize = 0; f < bytes; f += 16) {
        const moved = madd(step, v128.load(columns + f), v128.load(model + f));
        v128.store(model + f, f32x4.pmax(moved, least));
      }
    }
    h += 4;
    columns += bytes;
  }
}
