import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeBase64 } from '../../../src/kernel/base64.ts';
import { instantiateKernel, kernelBytes, loadKernel } from '../../../src/kernel/index.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('loadKernel', () => {
  it('takes the kernel that is asked for, and says nothing about it', () => {
    expect(loadKernel('simd')).toMatchObject({ name: 'simd', reason: '' });
    expect(loadKernel('typescript')).toMatchObject({ name: 'typescript', reason: '' });
    for (const name of ['simd', 'typescript'] as const) expect(loadKernel(name).factory(16).name).toBe(name);
  });

  it('falls back from relaxed SIMD with a reason', () => {
    const { name, reason } = loadKernel();
    if (name === 'relaxed-simd') expect(reason).toBe('');
    else {
      expect(name).toBe('simd');
      expect(reason).toMatch(/relaxed SIMD/);
    }
  });

  it('runs the twin without WebAssembly, and says so', () => {
    vi.stubGlobal('WebAssembly', undefined);
    const { name, reason, factory } = loadKernel();
    expect(name).toBe('typescript');
    expect(reason).toBe('WebAssembly is not available here.');
    expect(factory(16).name).toBe('typescript');
  });

  it('runs the twin where a policy forbids compilation, and passes on what the browser says', () => {
    const refuse = vi.fn(function Module() {
      throw new Error('violates the content security policy');
    });
    vi.stubGlobal('WebAssembly', { validate: () => true, Module: refuse });
    const { name, reason } = loadKernel();
    expect(name).toBe('typescript');
    expect(reason).toBe('WebAssembly is not allowed to compile: violates the content security policy');
  });

  it('runs the twin without SIMD, and names both features', () => {
    vi.stubGlobal('WebAssembly', { validate: () => false });
    expect(loadKernel().reason).toMatch(/relaxed SIMD\. .* SIMD\.$/);
  });
});

describe('instantiateKernel', () => {
  it('takes bytes or a compiled module, and gives each kernel its own memory', () => {
    const bytes = kernelBytes('simd') as Uint8Array<ArrayBuffer>;
    for (const source of [bytes, new WebAssembly.Module(bytes)]) {
      const factory = instantiateKernel('simd', source);
      const [a, b] = [factory(64), factory(64)];
      a.allocate(64).fill(1);
      expect(b.allocate(64).every((x) => x === 0)).toBe(true);
    }
  });

  it('refuses what is not a kernel', () => {
    expect(() => instantiateKernel('simd', new Uint8Array([1, 2, 3]))).toThrow(/feature SIMD/);
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    expect(() => instantiateKernel('simd', empty)).toThrow(/not a simd kernel/);
    expect(() => instantiateKernel('simd', 'AGFzbQ==')).toThrow(TypeError);
  });
});

describe('decodeBase64', () => {
  it('gives the bytes that another encoder put in', () => {
    for (const length of [0, 1, 2, 3, 4, 255]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) & 255);
      expect([...decodeBase64(Buffer.from(bytes).toString('base64'))]).toEqual([...bytes]);
    }
    expect(() => decodeBase64('A*BC')).toThrow(/Character 1/);
  });
});
