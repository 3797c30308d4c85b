import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delayOf } from '../../../bench/quality/alignment.ts';
import { evaluate } from '../../../bench/quality/evaluate.ts';
import { LEAD_IN, makeMixture, planMixtures, SNRS } from '../../../bench/quality/mixtures.ts';
import { openCorpus } from '../../../bench/quality/corpus.ts';
import { shareCut, singing } from '../../../bench/quality/singing.ts';
import { bootstrap } from '../../../bench/quality/statistics.ts';
import { gainsBy } from '../../../bench/quality/summary.ts';
import { frameSuppressor } from '../../../bench/quality/systems/framing.ts';
import { oracleSystem } from '../../../bench/quality/systems/oracle.ts';
import { sottoSystem } from '../../../bench/quality/systems/sotto.ts';
import type { System } from '../../../bench/quality/systems/system.ts';
import { runInWorkletScope } from '../../../bench/quality/systems/worklet-scope.ts';
import { writeWav } from '../../../src/audio/wav.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { noise } from '../../helpers/signals.ts';

let data: string;

beforeAll(() => {
  data = mkdtempSync(path.join(tmpdir(), 'sotto-bench-'));
  const write = (file: string, samples: Float32Array): void => {
    const target = path.join(data, 'test', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, writeWav({ sampleRate: 16000, channels: [samples], format: 'pcm16' }).bytes);
  };
  // Voices: bursts of tones; noises: white and low.
  for (const [i, name] of ['anna_1', 'anna_2', 'bert_1'].entries()) {
    const voice = Float32Array.from({ length: 3 * 16000 }, (_, n) => {
      const gate = Math.sin((2 * Math.PI * 3 * n) / 16000) > 0 ? 0.3 : 0;
      return gate * Math.sin((2 * Math.PI * (600 + 300 * i) * n) / 16000);
    });
    write(`speech/${name}.wav`, voice);
  }
  write('noise/white_a.wav', noise(12 * 16000, 5, 0.1));
  let low = 0;
  write(
    'noise/rumble_a.wav',
    noise(2 * 16000, 6, 1).map((value) => (low = 0.95 * low + 0.05 * value)),
  );
});

afterAll(() => rmSync(data, { recursive: true }));

const power = (samples: Float32Array): number =>
  samples.reduce((sum, value) => sum + value * value, 0) / samples.length;

describe('planMixtures', () => {
  const group = (kind: string, n: number) =>
    Array.from({ length: n }, (_, i) => ({ name: `${kind}${i}`, files: [`${kind}${i}_a`, `${kind}${i}_b`] }));
  const corpus = { speakers: group('voice', 7), noises: group('noise', 13) };

  it('spreads SNRs and noises evenly', () => {
    for (const noises of [13, 10]) {
      const plans = planMixtures({ ...corpus, noises: group('noise', noises) }, 5 * noises);
      const pairs = new Set(plans.map(({ noise: name, snr }) => `${name} ${snr}`));
      expect(pairs.size).toBe(5 * noises);
    }
  });

  it('lets everybody speak once before anybody speaks twice', () => {
    const speakers = planMixtures(corpus, 7).map(({ speaker }) => speaker);
    expect(new Set(speakers).size).toBe(7);
  });

  it('begins with the same mixtures whatever the count, and with others for another seed', () => {
    expect(planMixtures(corpus, 48).slice(0, 10)).toEqual(planMixtures(corpus, 10));
    expect(planMixtures(corpus, 10, 2)).not.toEqual(planMixtures(corpus, 10, 1));
  });
});

describe('makeMixture', () => {
  it('has the SNR it should where there is speech, and noise alone before', async () => {
    const corpus = openCorpus(data, 'test');
    for (const plan of planMixtures(corpus, 4)) {
      const { mixture, clean, noise: background, profile, leadIn } = await makeMixture(plan, corpus);
      const snr = 10 * Math.log10(power(clean.subarray(leadIn)) / power(background.subarray(leadIn)));
      expect(snr).toBeCloseTo(plan.snr, 3);
      expect(leadIn).toBe(LEAD_IN * 48000);
      expect(power(clean.subarray(0, leadIn))).toBe(0);
      expect(mixture[leadIn + 30000]).toBeCloseTo(clean[leadIn + 30000]! + background[leadIn + 30000]!, 6);
      expect(profile.length).toBe(3 * 48000);
      expect(mixture.every((value) => Math.abs(value) < 1)).toBe(true);
      // Files of one speaker are joined: three seconds are not enough for one.
      expect(mixture.length).toBeGreaterThan((plan.speaker === 'anna' ? 5 : 3) * 48000);
    }
  });

  it('says which folder has no recordings', () => {
    expect(() => openCorpus(path.join(data, 'nowhere'), 'test')).toThrow(/nowhere.*--data/s);
  });
});

describe('delayOf', () => {
  it('finds how late a signal is, also when it is turned over and disturbed', () => {
    const input = noise(20000, 3, 0.5);
    const output = new Float32Array(21000);
    for (const [i, value] of noise(21000, 4, 0.2).entries()) {
      output[i] = value - 0.5 * (input[i - 993] ?? 0);
    }
    expect(delayOf(output, input)).toBe(993);
  });
});

describe('frameSuppressor', () => {
  it.each([
    [480, 448],
    [768, 640],
    [128, 0],
  ])('delays frames of %i samples by %i', (frame, delay) => {
    const suppressor = frameSuppressor(frame, (samples) => samples);
    const input = noise(128 * 40, 7);
    const output = new Float32Array(input.length);
    for (let i = 0; i < input.length; i += 128) {
      suppressor.process(input.subarray(i, i + 128), output.subarray(i, i + 128));
    }
    expect([...output.subarray(delay)]).toEqual([...input.subarray(0, input.length - delay)]);
  });
});

describe('runInWorkletScope', () => {
  it('gives a module what a worklet has, and nothing of Node', () => {
    const file = path.join(data, 'module.js');
    writeFileSync(
      file,
      `const seen = [typeof process, typeof require, typeof window, typeof registerProcessor, sampleRate];
       const base = import.meta.url;
       class Half extends AudioWorkletProcessor {
         constructor({ processorOptions }) { super(); this.gain = processorOptions.gain; }
         process([[input]], [[output]]) { input.forEach((x, i) => (output[i] = this.gain * x)); return true; }
       }
       registerProcessor('half', Half);
       export { seen, base as where };
       export default Half;`,
    );
    const { exports, processors } = runInWorkletScope(file);
    expect(Object.keys(exports).toSorted()).toEqual(['default', 'seen', 'where']);
    expect(exports['seen']).toEqual(['undefined', 'undefined', 'undefined', 'function', 48000]);
    const processor = new (processors.get('half')!)({ processorOptions: { gain: 0.5 } });
    const output = new Float32Array(2);
    processor.process([[Float32Array.of(1, -2)]], [[output]], {});
    expect([...output]).toEqual([0.5, -1]);
  });
});

describe('bootstrap', () => {
  it('gives the interval that the normal law gives for many values', () => {
    const values = [...noise(2000, 8, Math.sqrt(3))];
    const { mean, low, high } = bootstrap(values);
    // Deviation 1, so the mean has 1.96 / sqrt(2000) on each side.
    expect(high - mean).toBeCloseTo(1.96 / Math.sqrt(2000), 2);
    expect(mean - low).toBeCloseTo(1.96 / Math.sqrt(2000), 2);
  });

  it('has no width for values that are all alike', () => {
    expect(bootstrap([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2 });
  });
});

describe('evaluate', () => {
  it('finds the delay of a system, and gains of 0 for one that does nothing', async () => {
    const late: System = {
      name: 'late',
      description: 'the mixture, 400 samples later',
      open: () => frameSuppressor(400 + 16, (samples) => samples),
    };
    const dictionary = bandDictionary([0, 400, 24000], { labels: ['noise', 'voice'] });
    const result = await evaluate({
      systems: [
        late,
        sottoSystem({ dictionary }),
        sottoSystem({ dictionary, profile: { atomCount: 4, iterations: 10 } }),
        oracleSystem(),
      ],
      data,
      count: 2,
      dnsmos: false,
    });
    expect(result.systems.map(({ name }) => name)).toEqual([
      'noisy',
      'late',
      'sotto-balanced',
      'sotto-profile',
      'oracle',
    ]);
    expect(result.systems.map(({ latency }) => latency)).toEqual([0, 384, 512, 512, 512]);
    const bySnr = gainsBy(result, 'snr', 'siSdr');
    expect(bySnr.map(({ value }) => value)).toEqual(SNRS.slice(0, 2));
    for (const { gains } of bySnr) {
      expect(gains[0]).toBeCloseTo(0, 6);
      // Tones in noise: the true mask is hard to beat.
      expect(gains[3]).toBeGreaterThan(5);
      expect(gains[3]).toBeGreaterThan(gains[1]!);
    }
    // Low noise is what the dictionary takes for noise.
    const rumble = gainsBy(result, 'noise', 'siSdr').find(({ value }) => value === 'rumble')!;
    expect(rumble.gains[1]).toBeGreaterThan(3);
  });

  it('refuses two systems of one name', async () => {
    await expect(evaluate({ systems: [oracleSystem(), oracleSystem()], data })).rejects.toThrow(/oracle/);
  });
});

describe('singing', () => {
  const second = 48000;
  const sung = Float32Array.from({ length: 2 * second }, (_, n) => 0.3 * Math.sin(0.05 * n));

  it('counts the frames that lose more than 10 dB', () => {
    const lowered = (factor: number): Float32Array =>
      sung.map((sample, n) => (n < second / 2 ? factor * sample : sample));
    expect(shareCut(sung, lowered(0.1))).toBeCloseTo(0.25);
    expect(shareCut(sung, lowered(0.5))).toBe(0);
  });

  it('does not count pauses, and says nothing of silence', () => {
    const halfSung = sung.map((sample, n) => (n < second ? sample : 0.001 * sample));
    expect(shareCut(halfSung, new Float32Array(sung.length).fill(0))).toBe(1);
    expect(
      shareCut(
        halfSung,
        halfSung.map((sample, n) => (n < second ? sample : 0)),
      ),
    ).toBe(0);
    expect(shareCut(new Float32Array(second), new Float32Array(second))).toBeNaN();
  });

  it('measures a system on dry voices, however late it is', async () => {
    const folder = path.join(data, 'test', 'music', 'song');
    mkdirSync(folder, { recursive: true });
    const voice = noise(2 * second, 3, 0.3);
    writeFileSync(
      path.join(folder, 'vocals.flac'),
      writeWav({ sampleRate: second, channels: [voice], format: 'float32' }).bytes,
    );
    const late = (gain: number): System => ({
      name: `gain ${gain}`,
      description: 'a delay of one quantum',
      open() {
        const kept = new Float32Array(128);
        return {
          process(input, output) {
            output.set(kept.map((sample) => gain * sample));
            kept.set(input);
          },
        };
      },
    });
    const { rows } = await singing([late(1), late(0.1)], data, 'test');
    expect(rows).toEqual([
      ['gain 1', 0, 0],
      ['gain 0.1', 100, 100],
    ]);
    await expect(singing([], path.join(data, 'test'), 'test')).rejects.toThrow('There is no singing');
  });
});
