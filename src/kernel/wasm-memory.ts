import { Arena } from './arena.ts';
import type { WasmMemory } from './webassembly.ts';

const PAGE = 65536;
/** The first bytes belong to the module; its compiler counts on pointers above 1024. */
const START = 1024;

/** Room for `floats` values in the memory of an instance, which grows as far as that needs. */
export function reserve(memory: WasmMemory, floats: number): Arena {
  const missing = Math.ceil((START + Arena.bytesFor(floats) - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
  return new Arena(memory.buffer, START, floats);
}
