import { describe, expect, it } from 'vitest';
import { DIVERGENCES } from '../../../src/nmf/divergence.ts';
import { factorize } from '../../../src/nmf/factorize.ts';
import { createRandom } from '../../../src/nmf/random.ts';
import { createLocalPool } from '../../../src/training/parallel/handler.ts';
import { mergeStatistics } from '../../../src/training/streaming/merge.ts';
import { ShuffleBuffer } from '../../../src/training/streaming/shuffle-buffer.ts';
import { StatisticsSum } from '../../../src/training/streaming/statistics.ts';
import {
  readStatistics,
  StatisticsError,
  writeStatistics,
} from '../../../src/training/streaming/statistics-file.ts';
import type { ShardStatistics } from '../../../src/training/streaming/statistics-file.ts';
import {
  atomsFromStatistics,
  gatherStatistics,
  trainMiniBatch,
} from '../../../src/training/streaming/train-streaming.ts';
import type { FrameStream } from '../../../src/training/streaming/train-streaming.ts';
import { maximumDifference } from '../../helpers/signals.ts';

const FRAMES = 900;
const BINS = 33;
const ATOMS = 5;

/** Five bumps, one or two at a time, over a floor. */
const v = (() => {
  const random = createRandom(3);
  const frames = new Float32Array(FRAMES * BINS);
  for (let n = 0; n < FRAMES; n++) {
    for (let voice = 0; voice < 2; voice++) {
      const centre = 4 + 6 * random.integer(5);
      const level = random.uniform();
      for (let f = 0; f < BINS; f++) {
        frames[n * BINS + f]! += level * (Math.exp(-(((f - centre) / 2) ** 2)) + 0.02);
      }
    }
  }
  return frames;
})();

/** Frames [from, to) in pieces of at most `piece`. */
const stream = (from = 0, to = FRAMES, piece = 70, observedBins = BINS): FrameStream =>
  async function* () {
    for (let at = from; at < to; at += piece) {
      const end = Math.min(to, at + piece);
      yield { frames: v.slice(at * BINS, end * BINS), count: end - at, observedBins };
    }
  };

const start = (() => {
  const random = createRandom(4);
  return Float32Array.from({ length: ATOMS * BINS }, () => (0.5 + random.uniform()) / BINS);
})();

describe('the shuffle buffer', () => {
  it('lets every frame out once, in another order, with its own number of observed bins', () => {
    const buffer = new ShuffleBuffer({ bins: 2, capacity: 40, batchFrames: 16, seed: 1 });
    const out: number[] = [];
    const take = (batches: Iterable<{ frames: Float32Array; count: number; observedBins: Int32Array }>) => {
      for (const { frames, count, observedBins } of batches) {
        for (let n = 0; n < count; n++) {
          out.push(frames[2 * n]!);
          expect(observedBins[n]).toBe(1 + (frames[2 * n]! % 2));
        }
      }
    };
    for (let n = 0; n < 103; n++) {
      take(buffer.add({ frames: new Float32Array([n, n]), count: 1, observedBins: 1 + (n % 2) }));
    }
    take(buffer.drain());
    expect(out.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, n) => n));
    expect(out).not.toEqual(out.toSorted((a, b) => a - b));
  });
});

describe('mini-batch training', () => {
  it.each(DIVERGENCES)('explains the frames nearly as well as batch training: %s', async (divergence) => {
    const { atoms } = await trainMiniBatch(
      stream(),
      { bins: BINS, divergence, atomCount: ATOMS, epochs: 20, batchFrames: 128, seed: 1 },
      createLocalPool(),
    );
    const solve = (given: Float32Array): number =>
      factorize(v, FRAMES, BINS, {
        atomCount: ATOMS,
        divergence,
        iterations: 100,
        atoms: given,
        updateAtoms: false,
      }).divergence;
    const batch = factorize(v, FRAMES, BINS, {
      atomCount: ATOMS,
      divergence,
      iterations: 100,
      start: 'frames',
    });
    expect(solve(atoms)).toBeLessThan(1.3 * solve(batch.atoms) + 1e-3 * solve(start));
    for (let k = 0; k < ATOMS; k++) {
      const sum = atoms.slice(k * BINS, (k + 1) * BINS).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('is the same whatever the number of workers, and repeats itself', async () => {
    const settings = { bins: BINS, atomCount: ATOMS, batchFrames: 256, epochs: 2, seed: 5 };
    const one = await trainMiniBatch(stream(), settings, createLocalPool(1));
    const three = await trainMiniBatch(stream(), settings, createLocalPool(3));
    expect(three.atoms).toEqual(one.atoms);
    expect(one.frames).toBe(FRAMES);
  });

  it('leaves fixed atoms as they are, and learns the rest', async () => {
    const fixed = start.slice(0, 2 * BINS);
    const settings = { bins: BINS, atomCount: 3, fixed, batchFrames: 128 };
    const { atoms } = await trainMiniBatch(stream(), settings, createLocalPool());
    expect(atoms.length).toBe(3 * BINS);
  });

  it('keeps bins that were never observed out of the atoms it changes', async () => {
    const { atoms } = await trainMiniBatch(
      stream(0, FRAMES, 70, 20),
      { bins: BINS, atomCount: ATOMS, batchFrames: 128, epochs: 3 },
      createLocalPool(),
    );
    expect(atoms.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  it('stops when told to, and refuses an empty stream', async () => {
    const settings = { bins: BINS, atomCount: ATOMS, batchFrames: 64 };
    let reports = 0;
    const { finished } = await trainMiniBatch(stream(), settings, createLocalPool(), () => ++reports < 3);
    expect(finished).toBe(false);
    expect(reports).toBeLessThanOrEqual(4);
    await expect(trainMiniBatch(stream(0, 0), settings, createLocalPool())).rejects.toThrow(/no frames/);
  });
});

describe('statistics', () => {
  const settings = {
    name: 'round',
    layout: { sampleRate: 16000, fftSize: 64, windowLength: 64, hop: 16 },
    exponent: 1,
    divergence: 'kullback-leibler',
    sparsity: 0,
    updates: 10,
  } as const;
  const shardOf = async (
    shard: number,
    shards: number,
    divergence: (typeof DIVERGENCES)[number] = 'kullback-leibler',
  ): Promise<ShardStatistics> => {
    const [from, to] = [Math.floor((FRAMES * shard) / shards), Math.floor((FRAMES * (shard + 1)) / shards)];
    const gathered = await gatherStatistics(
      stream(from, to),
      start,
      { bins: BINS, divergence, batchFrames: 192 },
      createLocalPool(),
    );
    return {
      settings: { ...settings, divergence },
      shard,
      shards,
      sources: [{ label: 'voice', atoms: start, statistics: gathered! }],
    };
  };

  it.each(DIVERGENCES)('of three shards, merged, make the atoms of one run: %s', async (divergence) => {
    const one = mergeStatistics([await shardOf(0, 1, divergence)]);
    // Through files, and in another order.
    const parts = [2, 0, 1].map(async (i) =>
      readStatistics(writeStatistics(await shardOf(i, 3, divergence))),
    );
    const merged = mergeStatistics(await Promise.all(parts));
    const peak = one.dictionary.atoms.reduce((a, b) => Math.max(a, b));
    expect(maximumDifference(merged.dictionary.atoms, one.dictionary.atoms) / peak).toBeLessThan(1e-6);
    expect(merged.sources[0]!.frames).toBe(FRAMES);
    expect(merged.sources[0]!.divergence / one.sources[0]!.divergence).toBeCloseTo(1, 6);
  });

  it.each(DIVERGENCES)('lower the divergence, round after round: %s', async (divergence) => {
    let atoms: Float32Array = start;
    let last = Infinity;
    for (let round = 0; round < 8; round++) {
      const options = { bins: BINS, divergence, updates: 100 };
      const statistics = await gatherStatistics(stream(), atoms, options, createLocalPool());
      expect(statistics!.divergence).toBeLessThan(last);
      last = statistics!.divergence;
      atoms = atomsFromStatistics(atoms, statistics!, { bins: BINS, divergence });
    }
  });

  it('are refused where shards are missing, given twice, or of another round', async () => {
    const [a, b] = [await shardOf(0, 3), await shardOf(1, 3)];
    expect(() => mergeStatistics([])).toThrow(/no statistics/);
    expect(() => mergeStatistics([a, b])).toThrow(/Of 3 shards, 2 .* missing/);
    expect(() => mergeStatistics([a, a, b])).toThrow(/Shard 0 of 3 is given twice/);
    const half = await shardOf(1, 2);
    expect(() => mergeStatistics([a, half])).toThrow(/how many there are, 3 and 2/);
    expect(() => mergeStatistics([a, { ...b, settings: { ...b.settings, updates: 3 } }])).toThrow(/settings/);
    const other = [{ ...b.sources[0]!, atoms: start.map((value) => 2 * value) }];
    expect(() => mergeStatistics([a, { ...b, sources: other }])).toThrow(/atoms they started from/);
    const empty = [{ ...a.sources[0]!, statistics: new StatisticsSum(ATOMS, BINS) }];
    expect(() => mergeStatistics([{ ...a, shards: 1, sources: empty }])).toThrow(/No shard has a frame/);
  });

  it('are refused in a damaged file, with a reason', async () => {
    const bytes = writeStatistics(await shardOf(0, 1));
    expect(() => readStatistics(new Uint8Array(3))).toThrow(StatisticsError);
    expect(() => readStatistics(bytes.slice(0, bytes.length - 10))).toThrow(/cut off or damaged/);
    const patch = (from: string, to: string): Uint8Array => {
      const text = Buffer.from(bytes).toString('latin1').replace(from, to);
      return new Uint8Array(Buffer.from(text, 'latin1'));
    };
    expect(() => readStatistics(patch('sotto-statistics', 'sotto-dictionary'))).toThrow(/is it a dictionary/);
    expect(() => readStatistics(patch('"version":"1"', '"version":"9"'))).toThrow(/version 9/);
    expect(() => readStatistics(patch('"shard\\":0', '"shard\\":7'))).toThrow(/not whole/);
    const poisoned = bytes.slice();
    new DataView(poisoned.buffer).setFloat32(poisoned.length - 4, Number.NaN, true);
    expect(() => readStatistics(poisoned)).toThrow(/value NaN/);
    // No byte of the header may bring anything but a clear refusal.
    const random = createRandom(1);
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice();
      damaged[random.integer(600)] = random.integer(256);
      try {
        readStatistics(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(StatisticsError);
      }
    }
  });
});
