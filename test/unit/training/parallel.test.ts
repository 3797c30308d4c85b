import { afterAll, describe, expect, it } from 'vitest';
import { createThreadPool } from '../../../src/cli/training-threads.ts';
import { DIVERGENCES } from '../../../src/nmf/divergence.ts';
import { factorize } from '../../../src/nmf/factorize.ts';
import { createRandom } from '../../../src/nmf/random.ts';
import { createLocalPool, createShardHandler } from '../../../src/training/parallel/handler.ts';
import type { ShardRequest } from '../../../src/training/parallel/messages.ts';
import { factorizeParallel } from '../../../src/training/parallel/parallel-factorize.ts';
import { createPortPool } from '../../../src/training/parallel/port-pool.ts';
import type { ShardPort } from '../../../src/training/parallel/port-pool.ts';
import { maximumDifference } from '../../helpers/signals.ts';

const FRAMES = 331;
const BINS = 33;
const ATOMS = 6;

/** Sparse mixtures of smooth spectra under noise: something with structure and no zeros. */
function scene(seed: number, frames = FRAMES): Float32Array {
  const random = createRandom(seed);
  const v = new Float32Array(frames * BINS);
  for (let n = 0; n < frames; n++) {
    const [centre, level] = [4 + 6 * random.integer(5), 0.2 + random.uniform()];
    for (let f = 0; f < BINS; f++) {
      v[n * BINS + f] = level * (Math.exp(-(((f - centre) / 3) ** 2)) + 0.05 + 0.05 * random.uniform());
    }
  }
  return v;
}

const v = scene(1);
const start = (() => {
  const random = createRandom(2);
  return {
    atoms: Float32Array.from({ length: ATOMS * BINS }, () => (0.5 + random.uniform()) / BINS),
    activations: Float32Array.from({ length: FRAMES * ATOMS }, () => 0.5 + random.uniform()),
  };
})();
const threads = createThreadPool(3);
afterAll(() => threads.close());

describe('factorizeParallel', () => {
  it.each(DIVERGENCES)(
    'in batch mode does what factorize does from the same start: %s',
    async (divergence) => {
      const observedBins = Int32Array.from({ length: FRAMES }, (_, n) => (n % 4 === 0 ? 20 : BINS));
      for (const more of [{}, { sparsity: 0.05 }, { fixedAtoms: 2 }, { observedBins }]) {
        const options = { atomCount: ATOMS, divergence, iterations: 20, ...start, ...more };
        const expected = factorize(v, FRAMES, BINS, options);
        const actual = await factorizeParallel(
          v,
          FRAMES,
          BINS,
          { ...options, method: 'batch' },
          createLocalPool(),
        );
        expect(maximumDifference(actual.atoms, expected.atoms)).toBeLessThan(1e-4);
        const peak = expected.activations.reduce((a, b) => Math.max(a, b));
        expect(maximumDifference(actual.activations, expected.activations) / peak).toBeLessThan(2e-4);
        expect(actual.divergence / expected.divergence).toBeCloseTo(1, 4);
      }
    },
  );

  it.each(DIVERGENCES)('never lets the objective rise in batch mode: %s', async (divergence) => {
    const options = { atomCount: ATOMS, divergence, iterations: 60, method: 'batch', ...start } as const;
    const { history } = await factorizeParallel(v, FRAMES, BINS, options, createLocalPool());
    for (let i = 1; i < history.length; i++) {
      expect(history[i]!).toBeLessThanOrEqual(history[i - 1]! * (1 + 2e-6));
    }
  });

  it.each(DIVERGENCES)(
    'accelerated, ends below batch mode of twice the iterations: %s',
    async (divergence) => {
      const options = { atomCount: ATOMS, divergence, ...start };
      const pool = createLocalPool();
      const fast = await factorizeParallel(v, FRAMES, BINS, { ...options, iterations: 40 }, pool);
      const slow = await factorizeParallel(
        v,
        FRAMES,
        BINS,
        { ...options, iterations: 80, method: 'batch' },
        pool,
      );
      expect(fast.divergence).toBeLessThan(slow.divergence);
      // What is reported is the divergence of what is returned.
      const check = factorize(v, FRAMES, BINS, {
        ...options,
        atoms: fast.atoms,
        activations: fast.activations,
        iterations: 0,
      });
      expect(check.divergence / fast.divergence).toBeCloseTo(1, 4);
    },
  );

  it.each(['batch', 'accelerated'] as const)(
    'is the same to the bit whatever the number of workers: %s',
    async (method) => {
      // Enough for eight segments, the last of them shorter.
      const count = 1811;
      const long = scene(6, count);
      const options = { atomCount: ATOMS, iterations: 15, method };
      const one = await factorizeParallel(long, count, BINS, options, createLocalPool(1));
      for (const pool of [createLocalPool(2), createLocalPool(7), threads, createThreadPool(2, true)]) {
        const other = await factorizeParallel(long, count, BINS, options, pool);
        expect(other.atoms).toEqual(one.atoms);
        expect(other.activations).toEqual(one.activations);
        expect(other.history).toEqual(one.history);
      }
    },
  );

  it('says how far it is, and stops when told to', async () => {
    const seen: number[] = [];
    const result = await factorizeParallel(
      v,
      FRAMES,
      BINS,
      { atomCount: ATOMS, iterations: 50, restarts: 2 },
      threads,
      ({ iteration, iterations }) => {
        expect(iterations).toBe(100);
        seen.push(iteration);
        return iteration < 7;
      },
    );
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result.finished).toBe(false);
    expect(result.atoms.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
  });

  describe('with many frames per atom, where it begins with a part of them', () => {
    const count = 2100;
    const long = scene(9, count);
    const pool = createLocalPool();

    it.each(['euclidean', 'kullback-leibler'] as const)(
      'ends below plain updates of twice the iterations: %s',
      async (divergence) => {
        const options = { atomCount: ATOMS, divergence, seed: 2 };
        const fast = await factorizeParallel(long, count, BINS, { ...options, iterations: 20 }, pool);
        const plain = { ...options, iterations: 40, method: 'batch' } as const;
        const slow = await factorizeParallel(long, count, BINS, plain, pool);
        expect(fast.iterations).toBe(20);
        expect(fast.divergence).toBeLessThan(slow.divergence);
        expect(fast.history.every((objective) => objective <= fast.history[0]!)).toBe(true);
        // The activations belong to their frames.
        const { atoms, activations } = fast;
        const check = { ...options, atoms, activations, iterations: 0 };
        const { divergence: checked } = factorize(long, count, BINS, check);
        expect(checked / fast.divergence).toBeCloseTo(1, 4);
      },
    );

    it('leaves a start that was good no worse', async () => {
      const options = { atomCount: ATOMS, normalize: false };
      const good = await factorizeParallel(long, count, BINS, { ...options, iterations: 400 }, pool);
      const { atoms, activations } = good;
      const more = { ...options, atoms, activations, iterations: 12 };
      const again = await factorizeParallel(long, count, BINS, more, pool);
      expect(again.divergence).toBeLessThanOrEqual(good.divergence * (1 + 1e-6));
    });

    it('gives a start that was good back as it was, where it is stopped at once', async () => {
      const some = 1100;
      const part = long.subarray(0, some * BINS);
      const options = { atomCount: ATOMS, normalize: false };
      const good = await factorizeParallel(part, some, BINS, { ...options, iterations: 400 }, pool);
      const { atoms, activations } = good;
      let reports = 0;
      const again = await factorizeParallel(
        part,
        some,
        BINS,
        { ...options, atoms, activations, iterations: 400 },
        pool,
        () => ++reports !== 1,
      );
      expect(reports).toBe(1);
      expect(again).toMatchObject({ finished: false, iterations: 0 });
      expect(again.divergence).toBeLessThanOrEqual(good.divergence * (1 + 1e-6));
    });

    it('has brought all frames up to the atoms where it is stopped at once', async () => {
      const options = { atomCount: ATOMS, iterations: 50 };
      const result = await factorizeParallel(long, count, BINS, options, pool, () => false);
      expect(result.finished).toBe(false);
      expect(result.iterations).toBeLessThan(8);
      expect(result.divergence).toBeLessThan(result.history[0]!);
    });

    it('leaves fixed atoms alone, and heeds sparsity and bins that were not observed', async () => {
      const observedBins = Int32Array.from({ length: count }, (_, n) => (n % 4 === 0 ? 20 : BINS));
      const options = { atomCount: ATOMS, atoms: start.atoms, fixedAtoms: 2, sparsity: 0.05, observedBins };
      const fast = await factorizeParallel(long, count, BINS, { ...options, iterations: 20 }, pool);
      const plain = { ...options, iterations: 40, method: 'batch' } as const;
      const slow = await factorizeParallel(long, count, BINS, plain, pool);
      expect(fast.atoms.subarray(0, 2 * BINS)).toEqual(start.atoms.subarray(0, 2 * BINS));
      expect(fast.divergence).toBeLessThan(slow.divergence);
    });
  });

  it('stops at the tolerance, and keeps the best of several starts', async () => {
    const pool = createLocalPool();
    const options = { atomCount: ATOMS, iterations: 500, tolerance: 1e-3 };
    const single = await factorizeParallel(v, FRAMES, BINS, options, pool);
    expect(single.iterations).toBeLessThan(500);
    const best = await factorizeParallel(v, FRAMES, BINS, { ...options, restarts: 3 }, pool);
    expect(best.divergence).toBeLessThanOrEqual(single.divergence);
  });

  it('refuses what factorize refuses', async () => {
    const silence = new Float32Array(FRAMES * BINS);
    const pool = createLocalPool();
    await expect(factorizeParallel(silence, FRAMES, BINS, { atomCount: 2 }, pool)).rejects.toThrow(
      /zero everywhere/,
    );
    await expect(factorizeParallel(v, FRAMES, BINS, { atomCount: 0 }, pool)).rejects.toThrow(
      /number of atoms is 0/,
    );
  });
});

describe('a pool over ports', () => {
  /** A worker behind a MessageChannel, as a Web Worker is behind its own. */
  function port(): ShardPort {
    const { port1, port2 } = new MessageChannel();
    const handle = createShardHandler();
    port2.onmessage = ({ data }) => {
      const { reply, transfer } = handle(data as ShardRequest);
      port2.postMessage(reply, transfer);
    };
    return port1 as unknown as ShardPort;
  }

  it('does what one worker does', async () => {
    const pool = createPortPool([port(), port()]);
    const count = 700;
    const long = scene(8, count);
    const options = { atomCount: ATOMS, iterations: 5 };
    const one = await factorizeParallel(long, count, BINS, options, createLocalPool());
    const two = await factorizeParallel(long, count, BINS, options, pool);
    expect(two.atoms).toEqual(one.atoms);
    pool.close();
  });

  it('passes on what went wrong in a worker, and rejects what it is asked after it was closed', async () => {
    const pool = createPortPool([port()]);
    await expect(pool.run(0, { type: 'activations' })).rejects.toThrow(/before it was given frames/);
    pool.close();
    await expect(pool.run(0, { type: 'activations' })).rejects.toThrow(/stopped/);
    expect(() => createPortPool([])).toThrow(/at least one/);
  });
});
