/**
 * The two matrix products in which batch training spends its time. Everything is Float64Array and row-major: V8 then
 * needs no conversions, and sums over many frames keep their digits. Eight products per step of an inner loop share
 * their loads, and every loop runs over neighbouring values.
 */

/**
 * C += A B for rows of B and C that are `columns` long. A holds rows x depth values, value (i, p) at i * rowStride + p * depthStride,
 * so that the same loop serves A and its transpose.
 */
export function addProduct(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  depth: number,
  columns: number,
  rowStride: number,
  depthStride: number,
): void {
  let i = 0;
  for (; i + 1 < rows; i += 2) {
    const c0 = i * columns;
    const c1 = c0 + columns;
    const a0 = i * rowStride;
    const a1 = a0 + rowStride;
    let p = 0;
    for (; p + 3 < depth; p += 4) {
      const q = p * depthStride;
      const a00 = a[a0 + q]!;
      const a01 = a[a0 + q + depthStride]!;
      const a02 = a[a0 + q + 2 * depthStride]!;
      const a03 = a[a0 + q + 3 * depthStride]!;
      const a10 = a[a1 + q]!;
      const a11 = a[a1 + q + depthStride]!;
      const a12 = a[a1 + q + 2 * depthStride]!;
      const a13 = a[a1 + q + 3 * depthStride]!;
      const b0 = p * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let f = 0; f < columns; f++) {
        const x0 = b[b0 + f]!;
        const x1 = b[b1 + f]!;
        const x2 = b[b2 + f]!;
        const x3 = b[b3 + f]!;
        c[c0 + f] = c[c0 + f]! + (a00 * x0 + a01 * x1 + (a02 * x2 + a03 * x3));
        c[c1 + f] = c[c1 + f]! + (a10 * x0 + a11 * x1 + (a12 * x2 + a13 * x3));
      }
    }
    for (; p < depth; p++) {
      const a00 = a[a0 + p * depthStride]!;
      const a10 = a[a1 + p * depthStride]!;
      const b0 = p * columns;
      for (let f = 0; f < columns; f++) {
        const x = b[b0 + f]!;
        c[c0 + f] = c[c0 + f]! + a00 * x;
        c[c1 + f] = c[c1 + f]! + a10 * x;
      }
    }
  }
  for (; i < rows; i++) {
    for (let p = 0; p < depth; p++) {
      const factor = a[i * rowStride + p * depthStride]!;
      for (let f = 0; f < columns; f++)
        c[i * columns + f] = c[i * columns + f]! + factor * b[p * columns + f]!;
    }
  }
}

/** C = A B' for `aRows` and `bRows` rows of `columns` values each: C (aRows x bRows) holds the inner products of rows. */
export function innerProducts(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  aRows: number,
  bRows: number,
  columns: number,
): void {
  let i = 0;
  for (; i + 1 < aRows; i += 2) {
    const a0 = i * columns;
    const a1 = a0 + columns;
    let k = 0;
    for (; k + 3 < bRows; k += 4) {
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let f = 0; f < columns; f++) {
        const x = a[a0 + f]!;
        const y = a[a1 + f]!;
        const w0 = b[b0 + f]!;
        const w1 = b[b1 + f]!;
        const w2 = b[b2 + f]!;
        const w3 = b[b3 + f]!;
        s00 += x * w0;
        s01 += x * w1;
        s02 += x * w2;
        s03 += x * w3;
        s10 += y * w0;
        s11 += y * w1;
        s12 += y * w2;
        s13 += y * w3;
      }
      const at = i * bRows + k;
      c[at] = s00;
      c[at + 1] = s01;
      c[at + 2] = s02;
      c[at + 3] = s03;
      c[at + bRows] = s10;
      c[at + bRows + 1] = s11;
      c[at + bRows + 2] = s12;
      c[at + bRows + 3] = s13;
    }
    for (; k < bRows; k++) {
      c[i * bRows + k] = innerProduct(a, a0, b, k * columns, columns);
      c[(i + 1) * bRows + k] = innerProduct(a, a1, b, k * columns, columns);
    }
  }
  for (; i < aRows; i++) {
    for (let k = 0; k < bRows; k++) c[i * bRows + k] = innerProduct(a, i * columns, b, k * columns, columns);
  }
}

/** Inner product of `length` values from `aStart` in a and from `bStart` in b. */
export function innerProduct(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  length: number,
): number {
  let sum = 0;
  for (let f = 0; f < length; f++) sum += a[aStart + f]! * b[bStart + f]!;
  return sum;
}
