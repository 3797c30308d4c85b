import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import type { FromProcessor } from '../../../src/separator/messages.ts';
import { LATENCY_MODES } from '../../../src/separator/latency-modes.ts';
import { SeparatorSession } from '../../../src/separator/session.ts';
import { PARAMETERS } from '../../../src/parameters.ts';
import { noiseProfile } from '../../../src/training/index.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { levelDb } from '../../helpers/quality.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 48000;
const unfolded = readSafetensors(readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url)));
const hiss = { name: 'hiss', samples: noise(RATE, 3, 0.2), sampleRate: RATE };
const learned = noiseProfile(hiss, unfolded, { atomCount: 8, iterations: 5 }).dictionary;
const plain = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });
const dictionaries = { plain, unfolded, learned };
/** All faders at 0 dB: whatever the dictionary, the output is the input. */
const open = Object.fromEntries(
  PARAMETERS.map(({ name, defaultValue }) => [name, Float32Array.of(defaultValue)]),
);

function start(mode: (typeof LATENCY_MODES)[number], dictionary: typeof plain) {
  const messages: FromProcessor[] = [];
  const options = {
    mode,
    dictionary,
    channels: 1,
    solver: 'multiplicative',
    iterations: undefined,
    kernels: [],
  } as const;
  const session = new SeparatorSession(options, RATE, (message) => messages.push(message));
  const run = (x: Float32Array): Float32Array => {
    const y = new Float32Array(x.length);
    for (let at = 0; at < x.length; at += 128) {
      session.process([x.subarray(at, at + 128)], [y.subarray(at, at + 128)], open);
    }
    return y;
  };
  const faults = () => messages.filter(({ type }) => type === 'fault' || type === 'failed');
  return { session, run, faults };
}

describe('a change while sound flows', () => {
  const names = Object.keys(dictionaries) as (keyof typeof dictionaries)[];
  for (const mode of LATENCY_MODES) {
    it.each(names.flatMap((from) => names.map((to) => [from, to] as const)))(
      `of the dictionary in mode ${mode}, %s to %s, leaves no gap`,
      (from, to) => {
        const { session, run, faults } = start(mode, dictionaries[from]);
        const tone = sine(36864, 440, RATE, 0.5);
        // In the middle of a hop, where a frame of quality mode is in work.
        const before = run(tone.subarray(0, 12416));
        session.receive({ type: 'dictionary', id: 1, dictionary: dictionaries[to] });
        const after = run(tone.subarray(12416));
        const y = Float32Array.from([...before, ...after]);
        const latency = { quality: 2048, balanced: 512, live: 256, monitor: 0 }[mode];
        expect(faults()).toEqual([]);
        expect(
          maximumDifference(y.subarray(4096 + latency), tone.subarray(4096, 36864 - latency)),
        ).toBeLessThan(1e-4);
      },
    );
  }

  it('of the mode, twice in quick succession, makes no step in the sound', () => {
    const { session, run, faults } = start('balanced', plain);
    const tone = sine(48128, 440, RATE, 0.5);
    const parts = [run(tone.subarray(0, 12800))];
    session.receive({ type: 'mode', id: 1, mode: 'live', dictionary: plain });
    parts.push(run(tone.subarray(12800, 14080)));
    session.receive({ type: 'mode', id: 2, mode: 'quality', dictionary: plain });
    parts.push(run(tone.subarray(14080)));
    const y = Float32Array.from(parts.flatMap((part) => [...part])).subarray(4096);
    const steps = y.subarray(1).map((value, i) => Math.abs(value - y[i]!));
    expect(Math.max(...steps)).toBeLessThan(0.5 * 2 * Math.PI * (440 / RATE) * 1.1);
    expect(
      maximumDifference(y.subarray(-4096), tone.subarray(48128 - 4096 - 2048, 48128 - 2048)),
    ).toBeLessThan(0.01);
    expect(levelDb(y)).toBeGreaterThan(-10);
    expect(faults()).toEqual([]);
  });
});
