import { madd } from './vector';

const LN2: f32 = 0.6931471805599453;
const LOG2_E: f32 = 1.4426950408889634;
/** 1.5 * 2^23: what is added to it loses its fraction. */
const ROUNDER: f32 = 12582912;

/** Natural logarithm of positive normal floats, to about 2e-7: 2 artanh((m - 1) / (m + 1)) for m between sqrt(1/2) and sqrt(2). */
export function logarithm(x: v128): v128 {
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

/** e^x, to about 2e-7 for x near zero and 1e-6 far from it; x is held to where the result is a normal float. */
export function exponential(x: v128): v128 {
  const held = f32x4.pmin(f32x4.splat(87), f32x4.pmax(f32x4.splat(-87), x));
  const y = f32x4.mul(held, f32x4.splat(LOG2_E));
  const rounder = f32x4.splat(ROUNDER);
  const rounded = f32x4.add(y, rounder);
  const r = f32x4.sub(y, f32x4.sub(rounded, rounder));
  // 2^r for r between -1/2 and 1/2, minimax.
  let q = madd(f32x4.splat(0.001327647012), r, f32x4.splat(0.009675541319));
  q = madd(q, r, f32x4.splat(0.05550713279));
  q = madd(q, r, f32x4.splat(0.2402211972));
  q = madd(q, r, f32x4.splat(0.6931469671));
  q = madd(q, r, f32x4.splat(1.000000072));
  return f32x4.mul(q, i32x4.shl(i32x4.add(i32x4.sub(rounded, rounder), i32x4.splat(127)), 23));
}
