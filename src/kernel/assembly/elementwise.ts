import { TINY } from './vector';

const LARGEST: f32 = 3.4e38;

/** See Kernel.scaleActivations, for an exponent of `halves` / 2 with halves 1, 2 or 3. */
export function scaleActivations(
  h: usize,
  numerator: usize,
  denominator: usize,
  atoms: usize,
  halves: i32,
  floor: f32,
): void {
  const least = f32x4.splat(floor);
  const largest = f32x4.splat(LARGEST);
  const bytes = atoms << 2;
  const whole = bytes & ~15;
  let k: usize = 0;
  for (; k < whole; k += 16) {
    const u = f32x4.div(v128.load(numerator + k), v128.load(denominator + k));
    let scale = u;
    if (halves == 1) scale = f32x4.sqrt(u);
    else if (halves == 3) scale = f32x4.mul(u, f32x4.sqrt(u));
    const scaled = f32x4.mul(v128.load(h + k), scale);
    const sound = v128.and(f32x4.le(scaled, largest), f32x4.gt(scaled, least));
    v128.store(h + k, v128.bitselect(scaled, least, sound));
  }
  for (; k < bytes; k += 4) {
    const u = load<f32>(numerator + k) / load<f32>(denominator + k);
    let scale = u;
    if (halves == 1) scale = sqrt<f32>(u);
    else if (halves == 3) scale = u * sqrt<f32>(u);
    const scaled = load<f32>(h + k) * scale;
    store<f32>(h + k, scaled <= LARGEST && scaled > floor ? scaled : floor);
  }
}

/** See Kernel.maskGain, for exponents 1 and 2; `bins` is a multiple of 4. */
export function maskGain(
  models: usize,
  gains: usize,
  gain: usize,
  sources: usize,
  bins: usize,
  squared: bool,
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
      let power = f32x4.mul(v128.load(models + s * bytes + f), inverse);
      if (squared) power = f32x4.mul(power, power);
      sum = f32x4.add(sum, f32x4.mul(power, v128.load32_splat(gains + (s << 2))));
      total = f32x4.add(total, power);
    }
    v128.store(gain + f, v128.bitselect(f32x4.div(sum, total), means, f32x4.ge(peak, least)));
  }
}
