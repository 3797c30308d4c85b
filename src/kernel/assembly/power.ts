import { madd } from './vector';

/** Of 1.5 * 2^23: adding it rounds to a whole number, which then stands in the low bits. */
const ROUNDER: f32 = 12582912;
const SMALLEST: f32 = 1.1754943508222875e-38;
const LARGEST: f32 = 3.4028234663852886e38;

/** 2^r for |r| <= 1/2, minimax, to 8e-8. */
function powerOfTwo(r: v128): v128 {
  let q = madd(f32x4.splat(0.001327647012), r, f32x4.splat(0.009675541319));
  q = madd(q, r, f32x4.splat(0.05550713279));
  q = madd(q, r, f32x4.splat(0.2402211972));
  q = madd(q, r, f32x4.splat(0.6931469671));
  return madd(q, r, f32x4.splat(1.000000072));
}

/**
 * x^e for x >= 0, to about 3e-7 relative; WebAssembly has no power function. x below the normal floats gives 0, what is not finite NaN;
 * results stay within the normal floats.
 *
 * 2^(e log2 x) with log2 x = E + f, |f| <= 1/2. e is cut into 12 leading bits, whose product with E is exact, and a rest: so the error
 * does not grow with the size of the logarithm.
 */
export function power(x: v128, e: v128): v128 {
  const one = f32x4.splat(1);
  const least = f32x4.splat(SMALLEST);
  const shifted = i32x4.sub(f32x4.pmax(least, x), i32x4.splat(0x3f3504f3));
  const whole = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  // Between the square roots of 1/2 and of 2.
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z = f32x4.mul(s, s);
  // log2((1 + s) / (1 - s)) / s, minimax over the range, to 7e-10.
  let p = madd(f32x4.splat(0.4317382634), z, f32x4.splat(0.5767142836));
  p = madd(p, z, f32x4.splat(0.9617988488));
  p = madd(p, z, f32x4.splat(2.88539008));
  const part = f32x4.mul(s, p);

  const high = v128.and(e, i32x4.splat(0xfffff000));
  const exact = f32x4.mul(high, whole);
  const rest = madd(e, part, f32x4.mul(f32x4.sub(e, high), whole));
  const rounder = f32x4.splat(ROUNDER);
  const rounded = f32x4.add(f32x4.add(exact, rest), rounder);
  const r = f32x4.add(f32x4.sub(exact, f32x4.sub(rounded, rounder)), rest);
  let n = i32x4.sub(rounded, rounder);
  // Far enough beyond the floats to be clamped below.
  n = i32x4.min_s(i32x4.max_s(n, i32x4.splat(-130)), i32x4.splat(130));
  const q = powerOfTwo(r);
  // 2^n in two factors: it may lie outside the floats where the product does not.
  const half = i32x4.shr_s(n, 1);
  const other = i32x4.sub(n, half);
  const partly = f32x4.mul(q, i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23));
  const scaled = f32x4.mul(partly, i32x4.shl(i32x4.add(other, i32x4.splat(127)), 23));
  const clamped = f32x4.pmin(f32x4.splat(LARGEST), f32x4.pmax(least, scaled));
  const sound = v128.and(clamped, f32x4.ge(x, least));
  return f32x4.add(sound, f32x4.sub(x, x));
}

const LN2: f32 = 0.6931471805599453;
/** ln 2 in two parts: the first has few enough bits that its product with a whole number is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444005469057;
const LOG2_E: f32 = 1.4426950408889634;
/** Results stay within the normal floats. */
const MOST: f32 = 87;

/** ln x, to about 1e-7 of it or of 1; x below the normal floats counts as the least of them, what is not finite gives NaN. */
export function naturalLogarithm(x: v128): v128 {
  const one = f32x4.splat(1);
  const shifted = i32x4.sub(f32x4.pmax(f32x4.splat(SMALLEST), x), i32x4.splat(0x3f3504f3));
  const whole = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const z = f32x4.mul(s, s);
  // As in `power`.
  let p = madd(f32x4.splat(0.4317382634), z, f32x4.splat(0.5767142836));
  p = madd(p, z, f32x4.splat(0.9617988488));
  p = madd(p, z, f32x4.splat(2.88539008));
  const part = f32x4.mul(f32x4.splat(LN2), f32x4.mul(s, p));
  const sum = madd(whole, f32x4.splat(LN2_HIGH), madd(whole, f32x4.splat(LN2_LOW), part));
  return f32x4.add(sum, f32x4.sub(x, x));
}

/** e^x, to about 3e-7 relative, with x held between -87 and 87; what is not finite gives NaN. */
export function naturalPower(x: v128): v128 {
  const held = f32x4.pmin(f32x4.splat(MOST), f32x4.pmax(f32x4.splat(-MOST), x));
  const rounder = f32x4.splat(ROUNDER);
  const rounded = f32x4.add(f32x4.mul(held, f32x4.splat(LOG2_E)), rounder);
  const whole = f32x4.sub(rounded, rounder);
  const r = f32x4.sub(
    f32x4.sub(held, f32x4.mul(whole, f32x4.splat(LN2_HIGH))),
    f32x4.mul(whole, f32x4.splat(LN2_LOW)),
  );
  const q = powerOfTwo(f32x4.mul(r, f32x4.splat(LOG2_E)));
  const scaled = f32x4.mul(q, i32x4.shl(i32x4.add(i32x4.sub(rounded, rounder), i32x4.splat(127)), 23));
  return f32x4.add(scaled, f32x4.sub(x, x));
}
