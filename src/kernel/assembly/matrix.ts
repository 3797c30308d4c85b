import { scaleByPowers } from './elementwise';
import { BLOCK_BYTES, TINY, laneSum, madd } from './vector';

/**
 * Matrix operations on the packed layout [bins / 16][atoms][16]. All arguments are byte offsets into the memory or
 * counts. `scratch` holds four partial sums per atom, so that lanes are added once at the end and not at each block.
 */

/** The 16 bins of a block of W h; two sets of sums hide the latency of the additions. */
let s0: v128 = f32x4.splat(0);
let s1: v128 = f32x4.splat(0);
let s2: v128 = f32x4.splat(0);
let s3: v128 = f32x4.splat(0);

function blockModel(w: usize, h: usize, atoms: usize): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  const end = h + (atoms << 2);
  const fours = h + ((atoms & ~3) << 2);
  while (h < fours) {
    const x0 = v128.load32_splat(h);
    const x1 = v128.load32_splat(h, 4);
    const x2 = v128.load32_splat(h, 8);
    const x3 = v128.load32_splat(h, 12);
    a0 = madd(v128.load(w), x0, a0);
    a1 = madd(v128.load(w, 16), x0, a1);
    a2 = madd(v128.load(w, 32), x0, a2);
    a3 = madd(v128.load(w, 48), x0, a3);
    b0 = madd(v128.load(w, 64), x1, b0);
    b1 = madd(v128.load(w, 80), x1, b1);
    b2 = madd(v128.load(w, 96), x1, b2);
    b3 = madd(v128.load(w, 112), x1, b3);
    a0 = madd(v128.load(w, 128), x2, a0);
    a1 = madd(v128.load(w, 144), x2, a1);
    a2 = madd(v128.load(w, 160), x2, a2);
    a3 = madd(v128.load(w, 176), x2, a3);
    b0 = madd(v128.load(w, 192), x3, b0);
    b1 = madd(v128.load(w, 208), x3, b1);
    b2 = madd(v128.load(w, 224), x3, b2);
    b3 = madd(v128.load(w, 240), x3, b3);
    w += 4 * BLOCK_BYTES;
    h += 16;
  }
  while (h < end) {
    const x = v128.load32_splat(h);
    a0 = madd(v128.load(w), x, a0);
    a1 = madd(v128.load(w, 16), x, a1);
    a2 = madd(v128.load(w, 32), x, a2);
    a3 = madd(v128.load(w, 48), x, a3);
    w += BLOCK_BYTES;
    h += 4;
  }
  s0 = f32x4.add(a0, b0);
  s1 = f32x4.add(a1, b1);
  s2 = f32x4.add(a2, b2);
  s3 = f32x4.add(a3, b3);
}

/** The dot product, lane by lane, of (r0 r1 r2 r3) with the 16 bins of an atom, on top of a partial sum. */
function addAtom(u: usize, r0: v128, r1: v128, r2: v128, r3: v128, sum: v128): v128 {
  const even = madd(v128.load(u, 32), r2, madd(v128.load(u), r0, sum));
  const odd = madd(v128.load(u, 48), r3, f32x4.mul(v128.load(u, 16), r1));
  return f32x4.add(even, odd);
}

/** scratch[k] += (16 bins of atom k) . (r0 r1 r2 r3); unrolled, as the loop itself costs as much as an atom. */
function addBlock(u: usize, atoms: usize, r0: v128, r1: v128, r2: v128, r3: v128, scratch: usize): void {
  const end = u + atoms * BLOCK_BYTES;
  const fours = u + (atoms & ~3) * BLOCK_BYTES;
  while (u < fours) {
    v128.store(scratch, addAtom(u, r0, r1, r2, r3, v128.load(scratch)));
    v128.store(scratch, addAtom(u + 64, r0, r1, r2, r3, v128.load(scratch, 16)), 16);
    v128.store(scratch, addAtom(u + 128, r0, r1, r2, r3, v128.load(scratch, 32)), 32);
    v128.store(scratch, addAtom(u + 192, r0, r1, r2, r3, v128.load(scratch, 48)), 48);
    u += 4 * BLOCK_BYTES;
    scratch += 64;
  }
  while (u < end) {
    v128.store(scratch, addAtom(u, r0, r1, r2, r3, v128.load(scratch)));
    u += BLOCK_BYTES;
    scratch += 16;
  }
}

/** sums[k] = the four partial sums of scratch[k] added; four atoms at a time, transposed. */
function addLanes(scratch: usize, sums: usize, atoms: usize): void {
  const end = sums + (atoms << 2);
  const fours = sums + ((atoms & ~3) << 2);
  while (sums < fours) {
    const a = v128.load(scratch);
    const b = v128.load(scratch, 16);
    const c = v128.load(scratch, 32);
    const d = v128.load(scratch, 48);
    const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
    const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
    v128.store(sums, f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7)));
    scratch += 64;
    sums += 16;
  }
  while (sums < end) {
    store<f32>(sums, laneSum(v128.load(scratch)));
    scratch += 16;
    sums += 4;
  }
}

export function reconstruct(
  w: usize,
  h: usize,
  model: usize,
  blocks: usize,
  atoms: usize,
  from: usize,
  to: usize,
): void {
  w += from * BLOCK_BYTES;
  h += from << 2;
  const end = model + blocks * BLOCK_BYTES;
  while (model < end) {
    blockModel(w, h, to - from);
    v128.store(model, s0);
    v128.store(model, s1, 16);
    v128.store(model, s2, 32);
    v128.store(model, s3, 48);
    w += atoms * BLOCK_BYTES;
    model += BLOCK_BYTES;
  }
}

export function project(
  u: usize,
  v: usize,
  numerator: usize,
  blocks: usize,
  atoms: usize,
  scratch: usize,
): void {
  memory.fill(scratch, 0, atoms << 4);
  const end = v + blocks * BLOCK_BYTES;
  while (v < end) {
    addBlock(u, atoms, v128.load(v), v128.load(v, 16), v128.load(v, 32), v128.load(v, 48), scratch);
    u += atoms * BLOCK_BYTES;
    v += BLOCK_BYTES;
  }
  addLanes(scratch, numerator, atoms);
}

export function ratioKullbackLeibler(
  w: usize,
  u: usize,
  v: usize,
  h: usize,
  model: usize,
  numerator: usize,
  blocks: usize,
  atoms: usize,
  epsilon: f32,
  scratch: usize,
): void {
  const eps = f32x4.splat(epsilon);
  const tiny = f32x4.splat(TINY);
  memory.fill(scratch, 0, atoms << 4);
  const end = v + blocks * BLOCK_BYTES;
  while (v < end) {
    blockModel(w, h, atoms);
    const y0 = f32x4.pmax(f32x4.add(s0, eps), tiny);
    const y1 = f32x4.pmax(f32x4.add(s1, eps), tiny);
    const y2 = f32x4.pmax(f32x4.add(s2, eps), tiny);
    const y3 = f32x4.pmax(f32x4.add(s3, eps), tiny);
    v128.store(model, y0);
    v128.store(model, y1, 16);
    v128.store(model, y2, 32);
    v128.store(model, y3, 48);
    const r0 = f32x4.div(v128.load(v), y0);
    const r1 = f32x4.div(v128.load(v, 16), y1);
    const r2 = f32x4.div(v128.load(v, 32), y2);
    const r3 = f32x4.div(v128.load(v, 48), y3);
    addBlock(u, atoms, r0, r1, r2, r3, scratch);
    w += atoms * BLOCK_BYTES;
    u += atoms * BLOCK_BYTES;
    v += BLOCK_BYTES;
    model += BLOCK_BYTES;
  }
  addLanes(scratch, numerator, atoms);
}

/** See Kernel.raiseActivations. `rows` values of v in `rowBlocks` blocks, `atoms` of h in `atomBlocks`. */
export function raiseActivations(
  w: usize,
  u: usize,
  v: usize,
  h: usize,
  model: usize,
  numerator: usize,
  exponents: usize,
  rows: usize,
  rowBlocks: usize,
  atoms: usize,
  atomBlocks: usize,
  epsilon: f32,
  offset: f32,
  scratch: usize,
): void {
  project(w, h, model, atomBlocks, rows, scratch);
  const eps = f32x4.splat(epsilon);
  const tiny = f32x4.splat(TINY);
  for (let f: usize = 0; f < rowBlocks * BLOCK_BYTES; f += 16) {
    const y = f32x4.pmax(f32x4.add(v128.load(model + f), eps), tiny);
    v128.store(model + f, f32x4.div(v128.load(v + f), y));
  }
  project(u, model, numerator, rowBlocks, atoms, scratch);
  scaleByPowers(h, numerator, exponents, atoms, offset);
}

export function ratioItakuraSaito(
  w: usize,
  v: usize,
  h: usize,
  model: usize,
  numerator: usize,
  denominator: usize,
  blocks: usize,
  atoms: usize,
  epsilon: f32,
  scratch: usize,
): void {
  const eps = f32x4.splat(epsilon);
  const tiny = f32x4.splat(TINY);
  const one = f32x4.splat(1);
  const more = scratch + (atoms << 4);
  memory.fill(scratch, 0, atoms << 5);
  const end = v + blocks * BLOCK_BYTES;
  while (v < end) {
    blockModel(w, h, atoms);
    const y0 = f32x4.pmax(f32x4.add(s0, eps), tiny);
    const y1 = f32x4.pmax(f32x4.add(s1, eps), tiny);
    const y2 = f32x4.pmax(f32x4.add(s2, eps), tiny);
    const y3 = f32x4.pmax(f32x4.add(s3, eps), tiny);
    v128.store(model, y0);
    v128.store(model, y1, 16);
    v128.store(model, y2, 32);
    v128.store(model, y3, 48);
    const i0 = f32x4.div(one, y0);
    const i1 = f32x4.div(one, y1);
    const i2 = f32x4.div(one, y2);
    const i3 = f32x4.div(one, y3);
    // (v / y) / y: the square of a small y would vanish.
    const r0 = f32x4.mul(f32x4.mul(v128.load(v), i0), i0);
    const r1 = f32x4.mul(f32x4.mul(v128.load(v, 16), i1), i1);
    const r2 = f32x4.mul(f32x4.mul(v128.load(v, 32), i2), i2);
    const r3 = f32x4.mul(f32x4.mul(v128.load(v, 48), i3), i3);
    addBlock(w, atoms, r0, r1, r2, r3, scratch);
    addBlock(w, atoms, i0, i1, i2, i3, more);
    w += atoms * BLOCK_BYTES;
    v += BLOCK_BYTES;
    model += BLOCK_BYTES;
  }
  addLanes(scratch, numerator, atoms);
  addLanes(more, denominator, atoms);
}
