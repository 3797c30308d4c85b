import { describe, expect, it } from 'vitest';
import { LATENCY_MODES } from '../../../src/separator/latency-modes.ts';
import { render } from '../../../src/separator/render.ts';
import { Separator } from '../../../src/separator/separator.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { levelDb, siSdr } from '../../helpers/quality.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const low = (length: number, sampleRate = 48000) => sine(length, 700, sampleRate, 0.3);
const high = (length: number, sampleRate = 48000) => sine(length, 9000, sampleRate, 0.3);
const add = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + b[i]!);
const dictionary = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });

function run(separator: Separator, channels: Float32Array[], block = 128): Float32Array[] {
  const out = channels.map((c) => new Float32Array(c.length));
  for (let at = 0; at < channels[0]!.length; at += block) {
    const end = Math.min(at + block, channels[0]!.length);
    separator.process(
      channels.map((c) => c.subarray(at, end)),
      out.map((c) => c.subarray(at, end)),
      end - at,
    );
  }
  return out;
}

function make(options: Partial<Parameters<Separator['configure']>[0]> = {}): Separator {
  const separator = new Separator();
  separator.configure({ sampleRate: 48000, channels: 1, mode: 'balanced', dictionary, ...options });
  return separator;
}

describe('Separator', () => {
  for (const mode of LATENCY_MODES) {
    it(`removes one source and leaves the other in mode ${mode}`, () => {
      const [wanted, unwanted] = [low(48000), high(48000)];
      const parameters = { gain1: -60, reduction: 60, smoothing: 0 };
      const [y] = render([add(wanted, unwanted)], { sampleRate: 48000, mode, dictionary, parameters })!;
      expect(siSdr(y!.subarray(9600, 38400), wanted.subarray(9600, 38400))).toBeGreaterThan(25);
    });

    it(`is late by exactly its latency in mode ${mode}, at any rate and quantum`, () => {
      for (const sampleRate of [8000, 16000, 44100, 48000, 96000]) {
        for (const block of [64, 128, 2048]) {
          const separator = make({ mode, sampleRate });
          const x = new Float32Array(16384);
          x[4321] = 1;
          const [y] = run(separator, [x], block);
          const peak = y!.reduce((best, value, i) => (Math.abs(value) > Math.abs(y![best]!) ? i : best), 0);
          expect(peak - 4321).toBe(separator.latency);
        }
      }
    });
  }

  it('never lowers anything below the reduction, relative to the loudest fader', () => {
    const unwanted = high(48000);
    const level = (reduction: number, gain0 = 0) =>
      levelDb(
        render([unwanted], {
          sampleRate: 48000,
          mode: 'balanced',
          dictionary,
          parameters: { gain0, gain1: -60, reduction },
        })![0]!.subarray(9600),
      ) - levelDb(unwanted.subarray(9600));
    expect(level(18)).toBeCloseTo(-18, 0);
    expect(level(6)).toBeCloseTo(-6, 0);
    expect(level(0)).toBeCloseTo(0, 1);
    expect(level(18, -10)).toBeCloseTo(-28, 0);
  });

  it('gives the same whatever the level of the input', () => {
    const x = add(add(low(24000), high(24000)), noise(24000, 4, 0.1));
    const configuration = {
      sampleRate: 48000,
      mode: 'balanced',
      dictionary,
      parameters: { gain1: -60 },
    } as const;
    const [loud] = render([x], configuration)!;
    const [quiet] = render([x.map((value) => value * 0.01)], configuration)!;
    expect(
      maximumDifference(
        loud!,
        quiet!.map((value) => value * 100),
      ),
    ).toBeLessThan(1e-4);
  });

  it('splits into sources that sum to the input within 1e-5', () => {
    const left = add(low(30000), noise(30000, 2, 0.3));
    const right = add(high(30000), noise(30000, 3, 0.3));
    const parts = render([left, right], {
      sampleRate: 48000,
      mode: 'quality',
      dictionary: bandDictionary([0, 1000, 6000, 24000]),
      outputs: 'sources',
    })!;
    expect(parts).toHaveLength(6);
    for (const [c, channel] of [left, right].entries()) {
      const sum = channel.map((_, i) => parts[c]![i]! + parts[2 + c]![i]! + parts[4 + c]![i]!);
      expect(maximumDifference(sum, channel)).toBeLessThan(1e-5);
    }
  });

  it('keeps the stereo image: both channels get one gain', () => {
    const x = add(low(30000), high(30000));
    const [left, right] = render([x, x.map((value) => -0.25 * value)], {
      sampleRate: 48000,
      mode: 'balanced',
      dictionary,
      parameters: { gain1: -60, reduction: 40 },
    })!;
    expect(
      maximumDifference(
        right!,
        left!.map((value) => -0.25 * value),
      ),
    ).toBeLessThan(1e-6);
  });

  it('bypasses to the untouched input, late by the latency, and fades there without a step', () => {
    const separator = make();
    separator.setParameter('gain1', -60);
    separator.setParameter('reduction', 60);
    const x = high(48000);
    const first = run(separator, [x])[0]!;
    separator.setParameter('bypass', 1);
    const second = run(separator, [x])[0]!;
    const latency = separator.latency;
    expect(maximumDifference(second.subarray(4800), x.subarray(4800 - latency, 48000 - latency))).toBe(0);
    const joined = [...first.subarray(-2000), ...second.subarray(0, 2000)];
    const steepest = Math.max(...joined.slice(1).map((value, i) => Math.abs(value - joined[i]!)));
    // No step is larger than those of the sine itself.
    expect(steepest).toBeLessThanOrEqual(0.3 * 2 * Math.PI * (9000 / 48000) + 1e-3);
  });

  it('exchanges the dictionary while sound flows, without a click', () => {
    const separator = make();
    separator.setParameter('gain1', -60);
    separator.setParameter('reduction', 60);
    const x = low(24000);
    const before = run(separator, [x])[0]!;
    separator.setDictionary(bandDictionary([0, 500, 24000], { labels: ['low', 'high'] }));
    const after = run(separator, [x])[0]!;
    expect(levelDb(after.subarray(12000))).toBeLessThan(levelDb(before.subarray(12000)) - 40);
    // A click would put energy far above the tone, where there is none.
    const joined = Float32Array.from([...before.subarray(-4000), ...after.subarray(0, 4000)]);
    const second = joined
      .map((value, i) => value - 2 * (joined[i - 1] ?? 0) + (joined[i - 2] ?? 0))
      .subarray(2);
    const smooth = 0.3 * (2 * Math.PI * (700 / 48000)) ** 2;
    expect(Math.max(...second.map(Math.abs))).toBeLessThan(1.5 * smooth);
  });

  it('recovers from NaN and infinite input within two windows, and counts it', () => {
    const clean = add(low(48000), high(48000));
    const broken = clean.slice();
    broken.fill(NaN, 20000, 20100);
    broken[21000] = Infinity;
    const configuration = { sampleRate: 48000, channels: 1, mode: 'balanced', dictionary } as const;
    const separator = make(configuration);
    const [y] = run(separator, [broken]);
    expect(y!.every(Number.isFinite)).toBe(true);
    expect(separator.faults).toBe(101);
    const [reference] = run(make(configuration), [clean]);
    expect(maximumDifference(y!.subarray(26000), reference!.subarray(26000))).toBeLessThan(1e-2);
  });

  it('keeps working on silence, DC, full scale and denormals', () => {
    const separator = make();
    const cases = {
      silence: new Float32Array(9600),
      dc: new Float32Array(9600).fill(1),
      fullScale: noise(9600, 1, 1),
      denormal: new Float32Array(9600).fill(1e-40),
    };
    for (const x of Object.values(cases)) {
      const [y] = run(separator, [x]);
      expect(y!.every(Number.isFinite)).toBe(true);
    }
    expect(separator.faults).toBe(0);
  });

  it('says what is wrong with its configuration', () => {
    expect(() => make({ sampleRate: 4000 })).toThrow(/8000 to 192000/);
    expect(() => make({ channels: 0 })).toThrow(/at least one/);
    expect(() => make().setParameter('volume', 1)).toThrow(/There are: gain0/);
    expect(() => make().setParameter('gain0', NaN)).toThrow(/must be a number/);
    expect(() =>
      render([new Float32Array(3), new Float32Array(4)], { sampleRate: 48000, mode: 'live', dictionary }),
    ).toThrow(/3, 4 samples/);
  });

  it('renders signals of any length, also none', () => {
    for (const length of [0, 1, 100, 511, 513]) {
      const [y] = render([noise(length, 1)], { sampleRate: 48000, mode: 'balanced', dictionary })!;
      expect(y!.length).toBe(length);
    }
  });
});
