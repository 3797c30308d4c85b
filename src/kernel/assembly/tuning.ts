import { power } from './power';
import { madd } from './vector';

/** See VANISHED in ../tuning-kernel.ts. */
const VANISHED: f32 = 1e-25;

/**
 * The loops of fine-tuning: see TuningKernel. All arguments are byte offsets or counts; matrices are rows without gaps, but for A of
 * `multiply`, which may be read transposed. Counts of columns are multiples of 8, of rows of 4.
 */

/** C (+)= A B, four rows by eight columns at a time. A(i, k) lies at a + i * row + k * column (bytes). */
export function multiply(
  rows: usize,
  columns: usize,
  inner: usize,
  a: usize,
  row: usize,
  column: usize,
  b: usize,
  c: usize,
  add: bool,
): void {
  const wide = columns << 2;
  for (let f: usize = 0; f < wide; f += 32) {
    for (let i: usize = 0; i < rows; i += 4) {
      tile(inner, a + i * row, row, column, b + f, c + i * wide + f, wide, add);
    }
  }
}

function tile(
  inner: usize,
  a: usize,
  row: usize,
  column: usize,
  b: usize,
  c: usize,
  wide: usize,
  add: bool,
): void {
  const c1 = c + wide;
  const c2 = c1 + wide;
  const c3 = c2 + wide;
  let p0 = f32x4.splat(0);
  let p1 = p0;
  let q0 = p0;
  let q1 = p0;
  let r0 = p0;
  let r1 = p0;
  let s0 = p0;
  let s1 = p0;
  if (add) {
    p0 = v128.load(c);
    p1 = v128.load(c, 16);
    q0 = v128.load(c1);
    q1 = v128.load(c1, 16);
    r0 = v128.load(c2);
    r1 = v128.load(c2, 16);
    s0 = v128.load(c3);
    s1 = v128.load(c3, 16);
  }
  const second = a + row;
  const third = second + row;
  const fourth = third + row;
  const end = inner * column;
  for (let k: usize = 0; k < end; k += column) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load32_splat(a + k);
    p0 = madd(left, x, p0);
    p1 = madd(right, x, p1);
    x = v128.load32_splat(second + k);
    q0 = madd(left, x, q0);
    q1 = madd(right, x, q1);
    x = v128.load32_splat(third + k);
    r0 = madd(left, x, r0);
    r1 = madd(right, x, r1);
    x = v128.load32_splat(fourth + k);
    s0 = madd(left, x, s0);
    s1 = madd(right, x, s1);
    b += wide;
  }
  v128.store(c, p0);
  v128.store(c, p1, 16);
  v128.store(c1, q0);
  v128.store(c1, q1, 16);
  v128.store(c2, r0);
  v128.store(c2, r1, 16);
  v128.store(c3, s0);
  v128.store(c3, s1, 16);
}

export function divide(x: usize, y: usize, ratio: usize, length: usize): void {
  for (let i: usize = 0; i < length << 2; i += 16) {
    v128.store(ratio + i, f32x4.div(v128.load(x + i), v128.load(y + i)));
  }
}

export function raise(h: usize, q: usize, eta: usize, rows: usize, atoms: usize, least: f32): void {
  const added = f32x4.splat(least);
  const wide = atoms << 2;
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < wide; k += 16) {
      const factor = f32x4.add(v128.load(q + k), added);
      const raised = f32x4.mul(v128.load(h + k), power(factor, v128.load(eta + k)));
      v128.store(q + k, factor);
      v128.store(h + k, f32x4.pmax(raised, f32x4.splat(VANISHED)));
    }
    h += wide;
    q += wide;
  }
}

export function raiseBack(
  gradient: usize,
  before: usize,
  after: usize,
  q: usize,
  eta: usize,
  rows: usize,
  atoms: usize,
): void {
  const wide = atoms << 2;
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < wide; k += 16) {
      const byLog = f32x4.mul(v128.load(gradient + k), v128.load(after + k));
      v128.store(q + k, f32x4.div(f32x4.mul(byLog, v128.load(eta + k)), v128.load(q + k)));
      v128.store(gradient + k, f32x4.div(byLog, v128.load(before + k)));
    }
    gradient += wide;
    before += wide;
    after += wide;
    q += wide;
  }
}

export function divideBack(byRatio: usize, ratio: usize, y: usize, length: usize): void {
  for (let i: usize = 0; i < length << 2; i += 16) {
    const slope = f32x4.div(f32x4.mul(v128.load(byRatio + i), v128.load(ratio + i)), v128.load(y + i));
    v128.store(y + i, f32x4.neg(slope));
  }
}

export function carry(h: usize, added: usize, decay: usize, rows: usize, atoms: usize): void {
  const wide = atoms << 2;
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < wide; k += 16) {
      const carried = madd(v128.load(decay + k), v128.load(h + k), v128.load(added + k));
      v128.store(h + k, f32x4.pmax(carried, f32x4.splat(VANISHED)));
    }
    h += wide;
    added += wide;
  }
}

export function carryBack(gradient: usize, decay: usize, rows: usize, atoms: usize): void {
  const wide = atoms << 2;
  for (let row: usize = 0; row < rows; row++) {
    for (let k: usize = 0; k < wide; k += 16) {
      v128.store(gradient + k, f32x4.mul(v128.load(gradient + k), v128.load(decay + k)));
    }
    gradient += wide;
  }
}
