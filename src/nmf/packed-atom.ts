import { BLOCK, type PackedMatrix } from '../kernel/kernel.ts';
import { flushSubnormal } from '../kernel/subnormal.ts';

/** Writes one atom of `bins` values into a packed matrix, in place. Subnormal values become zero, as in Kernel.pack. */
export function writePackedAtom(
  matrix: PackedMatrix,
  atom: number,
  values: Float32Array,
  start: number,
  bins: number,
): void {
  for (let f = 0; f < bins; f++) {
    const block = f - (f % BLOCK);
    matrix.data[block * matrix.atoms + atom * BLOCK + (f % BLOCK)] = flushSubnormal(values[start + f]!);
  }
}
