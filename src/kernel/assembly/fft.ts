import { madd64 } from './vector';

/**
 * FFT of real signals in doubles, as one complex FFT of half the size: a complex number is one vector. Stockham's ordering
 * (Swarztrauber 1984) with radix 4, and radix 2 at the end where it must be. Twiddle factors c + id are stored as (c, c, -d, d); see
 * ../wasm-fft.ts, which makes them. All arguments are byte offsets or counts.
 */
const COMPLEX: usize = 16;
const TWIDDLE: usize = 32;

function swap(a: v128): v128 {
  return v128.shuffle<f64>(a, a, 1, 0);
}

/** w a, for the twiddle factor w at `at`. */
function rotate(a: v128, at: usize): v128 {
  return madd64(swap(a), v128.load(at, 16), f64x2.mul(a, v128.load(at)));
}

/** One pass: from m * 4 transforms of stride `s` to m. Sub-transforms n of 4 m points. */
function pass(from: usize, to: usize, twiddles: usize, m: usize, s: usize): void {
  const quarter = m * s * COMPLEX;
  const stride = s * COMPLEX;
  const flip = f64x2(0.0, -0.0);
  for (let p: usize = 0; p < m; p++) {
    for (const end = from + stride; from < end; from += COMPLEX, to += COMPLEX) {
      const a = v128.load(from);
      const b = v128.load(from + quarter);
      const c = v128.load(from + 2 * quarter);
      const d = v128.load(from + 3 * quarter);
      const sum = f64x2.add(a, c);
      const difference = f64x2.sub(a, c);
      const other = f64x2.add(b, d);
      // -i (b - d)
      const turned = v128.xor(swap(f64x2.sub(b, d)), flip);
      v128.store(to, f64x2.add(sum, other));
      v128.store(to + stride, rotate(f64x2.add(difference, turned), twiddles));
      v128.store(to + 2 * stride, rotate(f64x2.sub(sum, other), twiddles + TWIDDLE));
      v128.store(to + 3 * stride, rotate(f64x2.sub(difference, turned), twiddles + 2 * TWIDDLE));
    }
    to += 3 * stride;
    twiddles += 3 * TWIDDLE;
  }
}

/** The last pass where 4 points are left; signs: to be flipped in the result. */
function lastFour(from: usize, to: usize, s: usize, signs: v128): void {
  const stride = s * COMPLEX;
  const flip = f64x2(0.0, -0.0);
  for (const end = from + stride; from < end; from += COMPLEX, to += COMPLEX) {
    const a = v128.load(from);
    const b = v128.load(from + stride);
    const c = v128.load(from + 2 * stride);
    const d = v128.load(from + 3 * stride);
    const sum = f64x2.add(a, c);
    const difference = f64x2.sub(a, c);
    const other = f64x2.add(b, d);
    const turned = v128.xor(swap(f64x2.sub(b, d)), flip);
    v128.store(to, v128.xor(f64x2.add(sum, other), signs));
    v128.store(to + stride, v128.xor(f64x2.add(difference, turned), signs));
    v128.store(to + 2 * stride, v128.xor(f64x2.sub(sum, other), signs));
    v128.store(to + 3 * stride, v128.xor(f64x2.sub(difference, turned), signs));
  }
}

function lastTwo(from: usize, to: usize, s: usize, signs: v128): void {
  const stride = s * COMPLEX;
  for (const end = from + stride; from < end; from += COMPLEX, to += COMPLEX) {
    const a = v128.load(from);
    const b = v128.load(from + stride);
    v128.store(to, v128.xor(f64x2.add(a, b), signs));
    v128.store(to + stride, v128.xor(f64x2.sub(a, b), signs));
  }
}

/** Complex FFT of `half` points from `from` to `result`, or where that is 0 to one of the work buffers; tells where. */
function transform(
  from: usize,
  result: usize,
  half: usize,
  a: usize,
  b: usize,
  twiddles: usize,
  signs: v128,
): usize {
  let to = a == from ? b : a;
  let n = half;
  let s: usize = 1;
  while (n > 4) {
    const m = n >> 2;
    pass(from, to, twiddles, m, s);
    twiddles += m * 3 * TWIDDLE;
    from = to;
    to = to == a ? b : a;
    n = m;
    s <<= 2;
  }
  if (result) to = result;
  if (n == 4) lastFour(from, to, s, signs);
  else lastTwo(from, to, s, signs);
  return to;
}

/** `input`: 2 * half samples. `spectrum`: half + 1 complex numbers. `a`, `b`: half complex numbers each. */
export function forward(
  input: usize,
  spectrum: usize,
  half: usize,
  a: usize,
  b: usize,
  twiddles: usize,
  turns: usize,
): void {
  const z = transform(input, 0, half, a, b, twiddles, f64x2.splat(0.0));
  const re = load<f64>(z);
  const im = load<f64>(z, 8);
  v128.store(spectrum, f64x2(re + im, 0.0));
  v128.store(spectrum + half * COMPLEX, f64x2(re - im, 0.0));
  const conjugate = f64x2(0.0, -0.0);
  const scale = f64x2.splat(0.5);
  let k = COMPLEX;
  let m = (half - 1) * COMPLEX;
  // Even and odd samples were the real and imaginary parts: taken apart by symmetry, put together with a turn.
  for (; k <= m; k += COMPLEX, m -= COMPLEX) {
    const x = f64x2.mul(v128.load(z + k), scale);
    const y = f64x2.mul(v128.xor(v128.load(z + m), conjugate), scale);
    const even = f64x2.add(x, y);
    const odd = rotate(f64x2.sub(x, y), turns + 2 * k);
    v128.store(spectrum + k, f64x2.add(even, odd));
    v128.store(spectrum + m, v128.xor(f64x2.sub(even, odd), conjugate));
  }
}

/** Inverse of `forward`, scaled by 1 / (2 * half). */
export function inverse(
  spectrum: usize,
  output: usize,
  half: usize,
  a: usize,
  b: usize,
  twiddles: usize,
  turns: usize,
): void {
  const conjugate = f64x2(0.0, -0.0);
  const factor = 0.5 / <f64>half;
  const scale = f64x2.splat(factor);
  const first = load<f64>(spectrum);
  const last = load<f64>(spectrum + half * COMPLEX);
  // The conjugate of what is to be transformed, so that the forward transform gives the conjugate of its inverse.
  v128.store(a, f64x2((first + last) * factor, (last - first) * factor));
  let k = COMPLEX;
  let m = (half - 1) * COMPLEX;
  for (; k <= m; k += COMPLEX, m -= COMPLEX) {
    // By conjugating here, the turn is that of `forward`.
    const x = f64x2.mul(v128.xor(v128.load(spectrum + k), conjugate), scale);
    const y = f64x2.mul(v128.load(spectrum + m), scale);
    const even = f64x2.add(x, y);
    const odd = rotate(f64x2.sub(x, y), turns + 2 * k);
    v128.store(a + k, f64x2.add(even, odd));
    v128.store(a + m, v128.xor(f64x2.sub(even, odd), conjugate));
  }
  transform(a, output, half, a, b, twiddles, conjugate);
}
