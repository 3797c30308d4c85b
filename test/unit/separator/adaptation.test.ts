import { describe, expect, it } from 'vitest';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import type { KernelFactory } from '../../../src/kernel/kernel.ts';
import { PARAMETERS } from '../../../src/parameters.ts';
import { createFrameModel } from '../../../src/separator/frame-model.ts';
import { frameLayout, type LatencyMode } from '../../../src/separator/latency-modes.ts';
import type { FromProcessor } from '../../../src/separator/messages.ts';
import { render } from '../../../src/separator/render.ts';
import { Separator } from '../../../src/separator/separator.ts';
import { SeparatorSession } from '../../../src/separator/session.ts';
import { noiseProfile, trainDictionary } from '../../../src/training/index.ts';
import { levelDb, siSdr } from '../../helpers/quality.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

/** Hz: a low rate, so that minutes take seconds. */
const RATE = 8000;

/** Syllables of a voice whose pitch goes up and down, with pauses between the words. */
function speech(seconds: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    const t = n / RATE;
    const syllable = (t % 0.25) / 0.25;
    const silent = t % 3 > 2.2;
    phase += (2 * Math.PI * (140 + 40 * Math.sin(2 * t) + 15 * Math.sin(11 * t))) / RATE;
    if (silent || syllable > 0.8) return 0;
    const envelope = Math.sin((Math.PI * syllable) / 0.8) ** 2;
    const vowel = 1 + (Math.floor(t / 0.25) % 3);
    let sum = 0;
    for (let k = 1; k <= 12; k++) sum += Math.sin(k * phase) / (1 + Math.abs(k - 3 * vowel));
    return 0.1 * envelope * sum;
  });
}

/** Noise below 600 Hz: a fan. */
function fan(seconds: number): Float32Array {
  let low = 0;
  return noise(seconds * RATE, 5, 1).map((x) => 0.35 * (low += 0.25 * (x - low)));
}

/** Noise above 2 kHz: rain. */
function rain(seconds: number): Float32Array {
  let low = 0;
  return noise(seconds * RATE, 6, 1).map((x) => 0.09 * (x - (low += 0.6 * (x - low))) * 2);
}

const plain: Dictionary = trainDictionary(
  [
    { label: 'voice', recordings: [{ name: 'voice', samples: speech(12), sampleRate: RATE }], atomCount: 16 },
    {
      label: 'noise',
      recordings: [{ name: 'hiss', samples: noise(RATE * 3, 2), sampleRate: RATE }],
      atomCount: 2,
    },
  ],
  {
    name: 'voice and noise',
    layout: { sampleRate: RATE, fftSize: 512, windowLength: 340, hop: 85 },
    exponent: 1,
    divergence: 'kullback-leibler',
    iterations: 40,
  },
).dictionary;
const learned = noiseProfile({ name: 'fan', samples: fan(3), sampleRate: RATE }, plain, {
  atomCount: 8,
  iterations: 30,
}).dictionary;

const through = (input: Float32Array, adaptation: 0 | 1, dictionary = learned): Float32Array =>
  render([input], {
    sampleRate: RATE,
    mode: 'quality',
    dictionary,
    parameters: { gain1: -60, reduction: 40, adaptation },
  })![0]!;

const gainBetween = (
  output: Float32Array,
  input: Float32Array,
  clean: Float32Array,
  from: number,
  to: number,
): number => {
  const part = (x: Float32Array): Float32Array => x.subarray(from * RATE, to * RATE);
  return siSdr(part(output), part(clean)) - siSdr(part(input), part(clean));
};

describe('learned noise that changes', () => {
  const clean = speech(30);
  const changing = fan(30);
  changing.set(rain(24), 6 * RATE);
  const input = clean.map((x, n) => x + changing[n]!);

  it('is taken out again after some seconds, and not when it is frozen', () => {
    const frozen = through(input, 0);
    const adapting = through(input, 1);
    const before = gainBetween(adapting, input, clean, 1, 6);
    const after = gainBetween(adapting, input, clean, 20, 30);
    expect(before).toBeGreaterThan(3);
    expect(after - gainBetween(frozen, input, clean, 20, 30)).toBeGreaterThan(2);
  });

  it('is again what was learned after a reset', () => {
    const separator = new Separator();
    separator.setParameter('gain1', -60);
    separator.configure({ sampleRate: RATE, channels: 1, mode: 'quality', dictionary: learned });
    const first = new Float32Array(input.length);
    const second = new Float32Array(input.length);
    separator.process([input], [first], input.length);
    separator.reset();
    separator.process([input], [second], input.length);
    expect(maximumDifference(first, second)).toBe(0);
  });

  it('can be frozen where it is, with the solver of either kind', () => {
    for (const solver of ['multiplicative', 'newton'] as const) {
      const separator = new Separator();
      separator.setParameter('gain1', -60);
      separator.setParameter('reduction', 40);
      separator.configure({ sampleRate: RATE, channels: 1, mode: 'quality', dictionary: learned, solver });
      const output = new Float32Array(input.length);
      const run = (from: number, to: number): void =>
        separator.process(
          [input.subarray(from * RATE, to * RATE)],
          [output.subarray(from * RATE, to * RATE)],
          (to - from) * RATE,
        );
      run(0, 20);
      separator.setParameter('adaptation', 0);
      run(20, 30);
      const heard = output.slice(separator.latency);
      const frozen = render([input], {
        sampleRate: RATE,
        mode: 'quality',
        dictionary: learned,
        solver,
        parameters: { gain1: -60, reduction: 40, adaptation: 0 },
      })![0]!;
      const gain = gainBetween(heard, input, clean, 21, 29) - gainBetween(frozen, input, clean, 21, 29);
      expect(gain).toBeGreaterThan(2);
    }
  });

  it('stays as it was frozen when the latency mode changes, on the same grid and on another', () => {
    const parameters = (adaptation: number): Record<string, Float32Array> =>
      Object.fromEntries(
        PARAMETERS.map(({ name, defaultValue }) => [
          name,
          Float32Array.of({ gain1: -60, reduction: 40, adaptation }[name] ?? defaultValue),
        ]),
      );
    const gain = (modes: readonly [LatencyMode, LatencyMode], seconds: number): number => {
      const messages: FromProcessor[] = [];
      const session = new SeparatorSession(
        {
          mode: modes[0],
          dictionary: learned,
          channels: 1,
          solver: 'multiplicative',
          iterations: undefined,
          kernels: [],
        },
        RATE,
        (message) => messages.push(message),
      );
      const output = new Float32Array(input.length);
      for (let at = 0; at < input.length; at += 128) {
        if (Math.floor((20 * RATE) / 128) * 128 === at) {
          session.receive({ type: 'mode', id: 1, mode: modes[1], dictionary: learned });
        }
        const [from, to] = [input.subarray(at, at + 128), output.subarray(at, at + 128)];
        session.process([from], [to], parameters(at < seconds * RATE ? 1 : 0));
      }
      expect(messages.some(({ type }) => type === 'failed')).toBe(false);
      const { latency } = frameLayout(modes[1], RATE);
      return gainBetween(output.subarray(latency), input, clean, 21, 29);
    };
    for (const modes of [
      ['live', 'balanced'],
      ['quality', 'live'],
      ['balanced', 'quality'],
    ] as const) {
      const adapted = gain(modes, 18);
      expect(adapted - gain(modes, 0), modes.join(' to ')).toBeGreaterThan(2);
      // As if it had been so from the start.
      expect(adapted, modes.join(' to ')).toBeGreaterThan(gain([modes[1], modes[1]], 18) - 1);
    }
  });

  it('is not taken over by another noise when a dictionary comes with the mode', () => {
    const layout = frameLayout('balanced', RATE);
    const options = { kernel: createTypeScriptKernel };
    const from = createFrameModel(learned, layout, options);
    const adapted = from.adapted!;
    expect(adapted.dictionary.atomCount).toBe(8);
    expect(createFrameModel(plain, layout, options).adapted).toBeUndefined();
    // Were it taken over, the first atom would be all in one bin.
    const changed = adapted.dictionary.atoms.slice().fill(0, 0, layout.bins);
    changed[9] = 1;
    const heard = { ...adapted, sums: adapted.sums.map(() => 100), use: adapted.use.map(() => 100) };
    const bent = { ...heard, dictionary: { ...adapted.dictionary, atoms: changed } };
    const after = (name: string): number => {
      const model = createFrameModel(learned, layout, options);
      model.adopt!({ ...bent, dictionary: { ...bent.dictionary, name } });
      return model.adapted!.dictionary.atoms[9]!;
    };
    expect(after(learned.name)).toBeGreaterThan(0.9);
    expect(after('another')).toBe(adapted.dictionary.atoms[9]);
  });

  it('holds no subnormal number after a reset, whatever was in the file', () => {
    const atoms = learned.atoms.slice();
    const { from, to } = learned.sources[1]!;
    for (let k = from; k < to; k++) atoms.fill(1e-40, k * learned.bins + 200, k * learned.bins + 220);
    for (const solver of ['multiplicative', 'newton'] as const) {
      let memory: Float32Array = new Float32Array(0);
      const kernel: KernelFactory = (floats) => {
        const made = createTypeScriptKernel(floats + 16);
        memory = new Float32Array(made.allocate(1).buffer);
        return made;
      };
      const { sampleRate, fftSize, windowLength, hop, bins } = learned;
      const layout = { ...frameLayout('quality', RATE), sampleRate, fftSize, windowLength, hop, bins };
      const model = createFrameModel({ ...learned, atoms }, layout, { kernel, solver });
      const subnormal = (): number => memory.findIndex((value) => value > 0 && value < 2 ** -126);
      expect(subnormal()).toBe(-1);
      model.reset();
      expect(subnormal()).toBe(-1);
    }
  });

  it('is left alone in a dictionary that learned none', () => {
    expect(maximumDifference(through(input, 1, plain), through(input, 0, plain))).toBe(0);
  });
});

it('ten minutes of adaptation do not cost quality', () => {
  const minutes = 10;
  const clean = speech(60 * minutes);
  const steady = fan(60 * minutes);
  const input = clean.map((x, n) => x + steady[n]!);
  const output = through(input, 1);
  const minute = (m: number): number => gainBetween(output, input, clean, 60 * (m - 1), 60 * m);
  expect(minute(2)).toBeGreaterThan(3);
  expect(minute(minutes)).toBeGreaterThan(minute(2) - 0.3);
}, 60_000);

describe('a voice that is the first thing to be heard is not taken for noise', () => {
  /** Begins in the middle of a syllable. */
  const clean = speech(4).subarray(RATE / 10);
  /** Lets it hear a part, and tells how many seconds counted as noise. */
  const hear = (separator: Separator, sound: Float32Array): number => {
    const counted = (): number =>
      separator.frame.model.adapted?.use.reduce((sum, value) => sum + value, 0) ?? 0;
    const before = counted();
    separator.process([sound], [new Float32Array(sound.length)], sound.length);
    return counted() - before;
  };
  const create = (): Separator => {
    const separator = new Separator();
    separator.configure({ sampleRate: RATE, channels: 1, mode: 'quality', dictionary: learned });
    return separator;
  };
  /** Four frames: so many do not last long enough to be told from what comes after them. */
  const soon = clean.subarray(0, 4 * 85);
  const loud = noise(2 * RATE, 8, 1);

  it('at the start', () => {
    expect(hear(create(), soon)).toBeLessThan(1e-6);
    expect(hear(create(), loud)).toBeGreaterThan(1);
  });

  it('when adaptation is switched on again, with louder noise before', () => {
    const separator = create();
    hear(separator, loud);
    separator.setParameter('adaptation', 0);
    expect(hear(separator, clean)).toBe(0);
    separator.setParameter('adaptation', 1);
    expect(Math.abs(hear(separator, soon))).toBeLessThan(1e-6);
  });

  it('when the learned dictionary is put back in', () => {
    const separator = create();
    hear(separator, loud);
    separator.setDictionary(plain);
    hear(separator, clean);
    separator.setDictionary(learned);
    expect(hear(separator, soon)).toBeLessThan(1e-6);
  });
});

it('a minute of nothing but a voice does not make it noise', () => {
  const clean = speech(60);
  const output = through(clean, 1);
  const lost = levelDb(clean.subarray(50 * RATE)) - levelDb(output.subarray(50 * RATE));
  expect(lost).toBeLessThan(1);
});
