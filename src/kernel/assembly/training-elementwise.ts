const LARGEST: f32 = 3.4e38;

/** See TrainingKernel.scale; the exponent is `quarters` / 4 with quarters 2, 4, 5 or 6. `more` may be 0: none. */
export function scale(
  h: usize,
  numerator: usize,
  base: usize,
  more: usize,
  groups: usize,
  atoms: usize,
  quarters: i32,
  vanished: f32,
): void {
  const zero = f32x4.splat(0);
  const largest = f32x4.splat(LARGEST);
  const least = f32x4.splat(vanished);
  const bytes = atoms << 4;
  for (let g: usize = 0; g < groups; g++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      let below = v128.load32_splat(base + (k >> 2));
      if (more) below = f32x4.add(below, v128.load(more + k));
      const u = f32x4.div(v128.load(numerator + k), below);
      let factor = u;
      if (quarters == 2) factor = f32x4.sqrt(u);
      else if (quarters == 5) factor = f32x4.mul(u, f32x4.sqrt(f32x4.sqrt(u)));
      else if (quarters == 6) factor = f32x4.mul(u, f32x4.sqrt(u));
      const scaled = f32x4.mul(v128.load(h + k), factor);
      const sound = v128.and(f32x4.le(scaled, largest), f32x4.ge(scaled, least));
      v128.store(h + k, v128.bitselect(scaled, zero, sound));
    }
    h += bytes;
    numerator += bytes;
    if (more) more += bytes;
  }
}

/** See TrainingKernel.extrapolate. */
export function extrapolate(h: usize, last: usize, length: usize, momentum: f32): void {
  const one = f32x4.splat(1);
  const least = f32x4.splat(0.1);
  const most = f32x4.splat(4);
  const beta = f32x4.splat(momentum);
  for (let i: usize = 0; i < length << 2; i += 16) {
    const now = v128.load(h + i);
    const growth = f32x4.sub(f32x4.div(now, v128.load(last + i)), one);
    // pmin and pmax keep the bound where the growth is not a number: 0 / 0.
    const factor = f32x4.pmax(least, f32x4.pmin(most, f32x4.add(one, f32x4.mul(beta, growth))));
    v128.store(last + i, now);
    v128.store(h + i, f32x4.mul(now, factor));
  }
}
