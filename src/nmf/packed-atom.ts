import { BLOCK, type PackedMatrix } from '../kernel/kernel.ts';

/** Writes one atom of `bins` values into a packed matrix, in place. */
export function writePackedAtom(
  matrix: PackedMatrix,
  atom: number,
  values: Float32Array,
  start: number,
  bins: number,
): void {
  for (let f = 0; f < bins; f++) {
    const block = f - (f % BLOCK);
    matrix.data[block * matrix.atoms + atom * BLOCK + (f % BLOCK)] = values[start + f]!;
  }
}
