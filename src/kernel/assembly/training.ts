import { TINY, laneSum, madd } from './vector';

/**
 * The loops of training, over groups of four frames. All arguments are byte offsets or counts; `bins` is a multiple of 16, `atoms` of 4.
 * Spectra and atoms are rows of `bins`; activations and what is like them are [frames / 4][atoms][4], so that the four
 * factors of an atom lie side by side. A tile is 4 x 8 products: eight sums hide the latency of the multiply-add.
 */
const LN2: f32 = 0.6931471805599453;
const EUCLIDEAN: i32 = 0;
const KULLBACK_LEIBLER: i32 = 1;

/** Natural logarithm of positive normal floats, to about 2e-7: 2 artanh((m - 1) / (m + 1)) for m between sqrt(1/2) and sqrt(2). */
function logarithm(x: v128): v128 {
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(0.2222222222);
  p = madd(p, z, f32x4.splat(0.2857142857));
  p = madd(p, z, f32x4.splat(0.4));
  p = madd(p, z, f32x4.splat(0.6666666667));
  p = madd(p, z, f32x4.splat(2));
  return madd(s, p, f32x4.mul(exponent, f32x4.splat(LN2)));
}

/**
 * From the model y (in `pull` for Kullback-Leibler, else in `push`) to the factors of the gradient, for the bytes [from, to) of a row;
 * zero where `mask` is not set. Returns the divergence where `measure` is set.
 */
function finish(
  kind: i32,
  v: usize,
  pull: usize,
  push: usize,
  from: usize,
  to: usize,
  mask: v128,
  epsilon: f32,
  measure: bool,
): f32 {
  const tiny = f32x4.splat(TINY);
  const one = f32x4.splat(1);
  let sum = f32x4.splat(0);
  if (kind == KULLBACK_LEIBLER) {
    for (let f = from; f < to; f += 16) {
      const x = v128.load(v + f);
      const y = f32x4.pmax(v128.load(pull + f), tiny);
      const ratio = f32x4.div(x, y);
      v128.store(pull + f, v128.and(ratio, mask));
      if (!measure) continue;
      // x log(x / y) - x + y; where x is 0, y.
      const logs = f32x4.mul(x, logarithm(f32x4.pmax(ratio, tiny)));
      sum = f32x4.add(sum, v128.and(f32x4.add(logs, f32x4.sub(y, x)), mask));
    }
  } else if (kind == EUCLIDEAN) {
    for (let f = from; f < to; f += 16) {
      const x = v128.and(v128.load(v + f), mask);
      const y = v128.and(v128.load(push + f), mask);
      v128.store(pull + f, x);
      v128.store(push + f, y);
      if (!measure) continue;
      const error = f32x4.sub(x, y);
      sum = madd(f32x4.mul(error, f32x4.splat(0.5)), error, sum);
    }
  } else {
    for (let f = from; f < to; f += 16) {
      const x = f32x4.pmax(v128.load(v + f), f32x4.splat(epsilon));
      const inverse = f32x4.div(one, f32x4.pmax(v128.load(push + f), tiny));
      const ratio = f32x4.mul(x, inverse);
      v128.store(push + f, v128.and(inverse, mask));
      v128.store(pull + f, v128.and(f32x4.mul(ratio, inverse), mask));
      if (!measure) continue;
      const part = f32x4.sub(f32x4.sub(ratio, logarithm(f32x4.pmax(ratio, tiny))), one);
      sum = f32x4.add(sum, v128.and(part, mask));
    }
  }
  return laneSum(sum);
}

/** y = epsilon + H W, four frames by eight bins at a time. `y` holds rows of `bins`. */
function model(w: usize, h: usize, y: usize, groups: usize, row: usize, atoms: usize, epsilon: f32): void {
  const eps = f32x4.splat(epsilon);
  for (let f: usize = 0; f < row; f += 32) {
    for (let g: usize = 0; g < groups; g++) {
      let a0 = eps;
      let a1 = eps;
      let b0 = eps;
      let b1 = eps;
      let c0 = eps;
      let c1 = eps;
      let d0 = eps;
      let d1 = eps;
      let p = w + f;
      let q = h + g * (atoms << 4);
      const end = q + (atoms << 4);
      while (q < end) {
        const w0 = v128.load(p);
        const w1 = v128.load(p, 16);
        let x = v128.load32_splat(q);
        a0 = madd(w0, x, a0);
        a1 = madd(w1, x, a1);
        x = v128.load32_splat(q, 4);
        b0 = madd(w0, x, b0);
        b1 = madd(w1, x, b1);
        x = v128.load32_splat(q, 8);
        c0 = madd(w0, x, c0);
        c1 = madd(w1, x, c1);
        x = v128.load32_splat(q, 12);
        d0 = madd(w0, x, d0);
        d1 = madd(w1, x, d1);
        p += row;
        q += 16;
      }
      let to = y + (g << 2) * row + f;
      v128.store(to, a0);
      v128.store(to, a1, 16);
      to += row;
      v128.store(to, b0);
      v128.store(to, b1, 16);
      to += row;
      v128.store(to, c0);
      v128.store(to, c1, 16);
      to += row;
      v128.store(to, d0);
      v128.store(to, d1, 16);
    }
  }
}

/**
 * See TrainingKernel.factors. Returns the divergence where `measure` is 1, else 0. `observed` holds an i32 per frame.
 */
export function factors(
  kind: i32,
  w: usize,
  h: usize,
  v: usize,
  pull: usize,
  push: usize,
  observed: usize,
  groups: usize,
  bins: usize,
  atoms: usize,
  epsilon: f32,
  measure: bool,
): f64 {
  const row = bins << 2;
  // Kullback-Leibler has no push: its model gives way to the ratio.
  const y = kind == KULLBACK_LEIBLER ? pull : push;
  model(w, h, y, groups, row, atoms, epsilon);
  let sum: f64 = 0;
  for (let n: usize = 0; n < groups << 2; n++) {
    const whole = (<usize>(load<i32>(observed + (n << 2)) & ~3)) << 2;
    const rest = load<i32>(observed + (n << 2)) & 3;
    const at = n * row;
    sum += <f64>finish(kind, v + at, pull + at, push + at, 0, whole, i32x4.splat(-1), epsilon, measure);
    if (whole < row) {
      const mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(rest));
      sum += <f64>finish(kind, v + at, pull + at, push + at, whole, whole + 16, mask, epsilon, measure);
      for (let f = whole + 16; f < row; f += 16) {
        v128.store(pull + at + f, i32x4.splat(0));
        if (kind != KULLBACK_LEIBLER) v128.store(push + at + f, i32x4.splat(0));
      }
    }
  }
  return sum;
}

/** See TrainingKernel.project: four frames by two atoms at a time. */
export function project(
  r: usize,
  w: usize,
  numerator: usize,
  groups: usize,
  bins: usize,
  atoms: usize,
): void {
  const row = bins << 2;
  for (let g: usize = 0; g < groups; g++) {
    const r0 = r + (g << 2) * row;
    const r1 = r0 + row;
    const r2 = r1 + row;
    const r3 = r2 + row;
    let to = numerator + g * (atoms << 4);
    const end = w + atoms * row;
    for (let p = w; p < end; p += row + row) {
      const q = p + row;
      let a0 = f32x4.splat(0);
      let a1 = f32x4.splat(0);
      let a2 = f32x4.splat(0);
      let a3 = f32x4.splat(0);
      let b0 = f32x4.splat(0);
      let b1 = f32x4.splat(0);
      let b2 = f32x4.splat(0);
      let b3 = f32x4.splat(0);
      for (let f: usize = 0; f < row; f += 16) {
        const x = v128.load(p + f);
        const y = v128.load(q + f);
        let v = v128.load(r0 + f);
        a0 = madd(x, v, a0);
        b0 = madd(y, v, b0);
        v = v128.load(r1 + f);
        a1 = madd(x, v, a1);
        b1 = madd(y, v, b1);
        v = v128.load(r2 + f);
        a2 = madd(x, v, a2);
        b2 = madd(y, v, b2);
        v = v128.load(r3 + f);
        a3 = madd(x, v, a3);
        b3 = madd(y, v, b3);
      }
      store<f32>(to, laneSum(a0));
      store<f32>(to, laneSum(a1), 4);
      store<f32>(to, laneSum(a2), 8);
      store<f32>(to, laneSum(a3), 12);
      store<f32>(to, laneSum(b0), 16);
      store<f32>(to, laneSum(b1), 20);
      store<f32>(to, laneSum(b2), 24);
      store<f32>(to, laneSum(b3), 28);
      to += 32;
    }
  }
}

/** See TrainingKernel.gather: four atoms by eight bins at a time, over all frames. */
export function gather(r: usize, h: usize, s: usize, groups: usize, bins: usize, atoms: usize): void {
  const row = bins << 2;
  const stride = atoms << 4;
  for (let f: usize = 0; f < row; f += 32) {
    for (let k: usize = 0; k < atoms; k += 4) {
      const s0 = s + k * row + f;
      const s1 = s0 + row;
      const s2 = s1 + row;
      const s3 = s2 + row;
      let a0 = v128.load(s0);
      let a1 = v128.load(s0, 16);
      let b0 = v128.load(s1);
      let b1 = v128.load(s1, 16);
      let c0 = v128.load(s2);
      let c1 = v128.load(s2, 16);
      let d0 = v128.load(s3);
      let d1 = v128.load(s3, 16);
      let p = r + f;
      let q = h + (k << 4);
      for (let g: usize = 0; g < groups; g++) {
        for (let n: usize = 0; n < 16; n += 4) {
          const v0 = v128.load(p);
          const v1 = v128.load(p, 16);
          let x = v128.load32_splat(q + n);
          a0 = madd(v0, x, a0);
          a1 = madd(v1, x, a1);
          x = v128.load32_splat(q + n, 16);
          b0 = madd(v0, x, b0);
          b1 = madd(v1, x, b1);
          x = v128.load32_splat(q + n, 32);
          c0 = madd(v0, x, c0);
          c1 = madd(v1, x, c1);
          x = v128.load32_splat(q + n, 48);
          d0 = madd(v0, x, d0);
          d1 = madd(v1, x, d1);
          p += row;
        }
        q += stride;
      }
      v128.store(s0, a0);
      v128.store(s0, a1, 16);
      v128.store(s1, b0);
      v128.store(s1, b1, 16);
      v128.store(s2, c0);
      v128.store(s2, c1, 16);
      v128.store(s3, d0);
      v128.store(s3, d1, 16);
    }
  }
}
