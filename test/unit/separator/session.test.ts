import { describe, expect, it } from 'vitest';
import { kernelBytes } from '../../../src/kernel/index.ts';
import { PARAMETERS } from '../../../src/parameters.ts';
import type { FromProcessor, ProcessorOptions } from '../../../src/separator/messages.ts';
import { readMeters } from '../../../src/separator/meters.ts';
import { SeparatorSession } from '../../../src/separator/session.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { levelDb } from '../../helpers/quality.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const SAMPLE_RATE = 48000;
const dictionary = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });

const audioParams = (values: Record<string, number> = {}): Record<string, Float32Array> =>
  Object.fromEntries(
    PARAMETERS.map(({ name, defaultValue }) => [name, Float32Array.of(values[name] ?? defaultValue)]),
  );

function start(options: Partial<ProcessorOptions> = {}) {
  const messages: FromProcessor[] = [];
  const session = new SeparatorSession(
    {
      mode: 'balanced',
      dictionary,
      channels: 2,
      solver: 'multiplicative',
      iterations: undefined,
      kernels: [],
      ...options,
    },
    SAMPLE_RATE,
    (message) => messages.push(message),
  );
  const run = (channels: Float32Array[], parameters = audioParams(), outputs = 2) => {
    const length = channels[0]?.length ?? 12800;
    const out = Array.from({ length: outputs }, () => new Float32Array(length));
    for (let at = 0; at < length; at += 128) {
      session.process(
        channels.map((c) => c.subarray(at, at + 128)),
        out.map((c) => c.subarray(at, at + 128)),
        parameters,
      );
    }
    return out;
  };
  const of = <T extends FromProcessor['type']>(type: T) =>
    messages.filter((message): message is Extract<FromProcessor, { type: T }> => message.type === type);
  return { session, run, of };
}

describe('SeparatorSession', () => {
  it('runs with the first kernel that works, and says why not an earlier one', () => {
    expect(start().of('ready')[0]).toMatchObject({ kernel: 'typescript', latency: 512, reason: '' });
    const simd = {
      name: 'simd',
      module: new WebAssembly.Module(kernelBytes('simd') as BufferSource),
    } as const;
    expect(start({ kernels: [simd] }).of('ready')[0]).toMatchObject({ kernel: 'simd', reason: '' });
    const broken = { name: 'relaxed-simd', module: undefined } as const;
    const ready = start({ kernels: [broken, simd] }).of('ready')[0]!;
    expect(ready.kernel).toBe('simd');
    expect(ready.reason).toMatch(/relaxed-simd: ./);
  });

  it('takes no input as silence, mono as both channels, and fills every output', () => {
    const { run } = start();
    expect(run([]).every((channel) => channel.every((sample) => sample === 0))).toBe(true);
    const [left, right] = run([sine(12800, 500, SAMPLE_RATE)]);
    expect(levelDb(left!)).toBeGreaterThan(-12);
    expect(maximumDifference(left!, right!)).toBe(0);
    const wide = run([noise(12800, 1), noise(12800, 2)], audioParams(), 4);
    expect(maximumDifference(wide[0]!, wide[3]!)).toBe(0);
  });

  it('takes parameters of each quantum, and keeps its own where one is not a number', () => {
    const { run } = start();
    const x = sine(24000, 9000, SAMPLE_RATE);
    const level = (values: Record<string, number>) =>
      levelDb(run([x], audioParams(values))[0]!.subarray(12000));
    expect(level({ gain1: -60, reduction: 40 })).toBeLessThan(-40);
    expect(level({ gain1: NaN, reduction: 40 })).toBeLessThan(-40);
    expect(level({ gain1: 0 })).toBeGreaterThan(-10);
  });

  it('sends at most 30 snapshots a second, only as many as came back, with the levels that passed', () => {
    const { session, run, of } = start();
    const second = sine(48000, 700, SAMPLE_RATE, 0.5);
    run([second]);
    expect(of('meters')).toHaveLength(3);
    for (const { buffer } of of('meters')) session.receive({ type: 'recycle', buffer });
    run([second]);
    expect(of('meters')).toHaveLength(6);
    const { inputPeak, inputRms, sourceLevels, activations, spectra } = readMeters(
      of('meters').at(-1)!.buffer,
    );
    expect(inputPeak).toBeCloseTo(0.5, 2);
    expect(inputRms).toBeCloseTo(0.5 * Math.SQRT1_2, 2);
    expect(sourceLevels[0]).toBeCloseTo(0.5 * Math.SQRT1_2, 1);
    expect(sourceLevels[1]).toBeLessThan(0.01);
    expect(activations).toHaveLength(dictionary.atomCount);
    expect(spectra.input.indexOf(Math.max(...spectra.input))).toBe(
      Math.floor((64 * Math.log(700 / 50)) / Math.log(24000 / 50)),
    );
  });

  it('changes the mode without a gap or a click, and reports the new latency', () => {
    const { session, run, of } = start({ channels: 1 });
    const tone = sine(48000, 440, SAMPLE_RATE, 0.5);
    const first = run([tone.subarray(0, 24064)])[0]!;
    session.receive({ type: 'mode', id: 7, mode: 'quality', dictionary });
    const second = run([tone.subarray(24064)])[0]!;
    expect(of('done')).toEqual([{ type: 'done', id: 7, latency: 2048 }]);
    const joined = Float32Array.from([...first, ...second]).subarray(4000);
    const steps = joined.subarray(1).map((value, i) => Math.abs(value - joined[i]!));
    expect(Math.max(...steps)).toBeLessThan(0.5 * 2 * Math.PI * (440 / SAMPLE_RATE) * 1.1);
    const settled = second.subarray(-4000);
    expect(maximumDifference(settled, tone.subarray(48000 - 4000 - 2048, 48000 - 2048))).toBeLessThan(0.01);
  });

  it('refuses a bad change, says why, and goes on with what it has', () => {
    const { session, run, of } = start();
    const tone = sine(24064, 700, SAMPLE_RATE);
    session.receive({ type: 'mode', id: 1, mode: 'slow' as 'live', dictionary });
    expect(of('failed')[0]).toMatchObject({
      id: 1,
      message: expect.stringMatching(/There is no mode "slow"/),
    });
    expect(levelDb(run([tone])[0]!.subarray(2000))).toBeGreaterThan(-12);
  });

  it('stays active until it is closed', () => {
    const { session } = start();
    expect(session.active).toBe(true);
    session.receive({ type: 'close' });
    expect(session.active).toBe(false);
  });
});
