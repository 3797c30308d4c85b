import { describe, expect, it } from 'vitest';
import { adviceFor, makeTake } from './takes.ts';

/** The same at every run. */
const hiss = (length: number, level: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => level * Math.sin(n * n));

const take = (samples: Float32Array, sampleRate = 48000) =>
  makeTake({ name: 'a "take"', samples, sampleRate });

describe('advice on a take', () => {
  it('has nothing to say about a good one', () => {
    expect(adviceFor(take(hiss(4 * 48000, 0.2)), 48000)).toBeUndefined();
    expect(adviceFor(take(hiss(4 * 44100, 0.2), 44100), 48000)).toBeUndefined();
  });

  it('says why one is left out, without its name, which stands beside it', () => {
    const silent = adviceFor(take(new Float32Array(48000)), 48000);
    expect(silent?.used).toBe(false);
    expect(silent?.text).toMatch(/^Left out: it is silent/);
    expect(adviceFor(take(new Float32Array(0)), 48000)?.text).toMatch(/^Left out: it is empty/);
    expect(adviceFor(take(hiss(2000, 0.2)), 48000)?.text).toMatch(/at least 0\.1 s/);
    const loud = adviceFor(take(hiss(48000, 40).map((x) => Math.max(-1, Math.min(1, x)))), 48000);
    expect(loud?.text).toMatch(/clipped/);
    expect(loud?.used).toBe(false);
  });

  it('uses short ones and those of a telephone, and says what they lack', () => {
    expect(adviceFor(take(hiss(48000, 0.2)), 48000)).toMatchObject({ used: true });
    const narrow = adviceFor(take(hiss(5 * 8000, 0.2), 8000), 48000);
    expect(narrow).toMatchObject({ used: true });
    expect(narrow?.text).toMatch(/8 kHz: nothing above 3\.\d kHz/);
    expect(adviceFor(take(hiss(5 * 8000, 0.2), 8000), 8000)).toBeUndefined();
  });
});
