// Compiles the AssemblyScript kernels and writes them, as base64, to src/kernel/wasm.generated.ts (real time) and
// src/kernel/training-wasm.generated.ts (training, which a worklet does without).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

async function compile(entry, name, features) {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  const file = join(folder, `${name}.wasm`);
  try {
    const { error, stderr } = await main(
      [
        entry,
        '--baseDir',
        root,
        '--outFile',
        relative(root, file),
        // The stub runtime and no assertions: no collector, no glue, nothing to import.
        '--runtime',
        'stub',
        '--noAssert',
        '-O3',
        '--converge',
        ...features.flatMap((feature) => ['--enable', feature]),
      ],
      {},
    );
    if (error) throw new Error(`The ${name} kernel does not compile:\n${stderr.toString()}`);
    const bytes = readFileSync(file);
    const imports = WebAssembly.validate(bytes)
      ? WebAssembly.Module.imports(new WebAssembly.Module(bytes))
      : [];
    if (imports.length > 0)
      throw new Error(`The ${name} kernel must not import, but does: ${imports[0].name}.`);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function generate(entry, file, what) {
  const simd = await compile(entry, 'simd', ['simd']);
  const relaxed = await compile(entry, 'relaxed-simd', ['simd', 'relaxed-simd']);
  const source = `// Made by scripts/build-kernel.mjs from ${entry}. Do not edit.
export const simd =
  '${simd.toString('base64')}';
export const relaxedSimd =
  '${relaxed.toString('base64')}';
`;
  const output = join(root, file);
  // An unchanged file keeps its time stamp, so that watchers rest.
  let last = '';
  try {
    last = readFileSync(output, 'utf8');
  } catch {
    // The first build.
  }
  if (last !== source) writeFileSync(output, source);
  console.log(`${what}: simd ${simd.length} bytes, relaxed-simd ${relaxed.length} bytes`);
}

await generate('src/kernel/assembly/index.ts', 'src/kernel/wasm.generated.ts', 'kernels');
await generate(
  'src/kernel/assembly/training-index.ts',
  'src/kernel/training-wasm.generated.ts',
  'training kernels',
);
