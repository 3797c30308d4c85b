import { describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../src/audio/wav.ts';
import { divideExactly, toSamples, toSixteenBits } from './stems.ts';

const RATE = 8000;

const sine = (length: number, hertz: number, rate: number, amplitude: number) =>
  Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * hertz * n) / rate));

/** The same on every machine. */
function noise(length: number, seed: number, amplitude: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (amplitude * state) / 2 ** 31;
  });
}

/** Largest deviation of the sum of the stems from the song, in steps of 16 bits. */
function deviation(song: Int16Array, stems: readonly Int16Array[]): number {
  let most = 0;
  for (let n = 0; n < song.length; n++) {
    const sum = stems.reduce((total, stem) => total + stem[n]!, 0);
    most = Math.max(most, Math.abs(sum - song[n]!));
  }
  return most;
}

describe('stems of 16 bits', () => {
  it('sum to the song exactly, whatever was separated', () => {
    const voice = sine(RATE, 440, RATE, 0.4);
    const music = noise(RATE, 3, 0.4);
    const song = toSixteenBits(voice.map((sample, n) => sample + music[n]!));
    // What a separation loses or adds goes into the last stem.
    const separated = voice.map((sample) => 0.9 * sample + 0.001);
    const stems = divideExactly(song, [separated]);
    expect(stems).toHaveLength(2);
    expect(deviation(song, stems)).toBe(0);
  });

  it('sum to the song where a stem is at full scale and opposed to it', () => {
    const song = Int16Array.from([32767, -32768, 32767, -32768, 0, 0]);
    const stem = Float32Array.from([-1, 1, 3, -3, 1, -1]);
    const stems = divideExactly(song, [stem, stem.map((sample) => -sample)]);
    expect(deviation(song, stems)).toBe(0);
  });

  it('keep a stem as it is wherever the others have room', () => {
    const stem = sine(RATE, 300, RATE, 0.4);
    const [rounded] = divideExactly(toSixteenBits(noise(RATE, 5, 0.5)), [stem]);
    expect(rounded).toEqual(toSixteenBits(stem));
  });

  it('leave the numbers of a file of 16 bits as they are', () => {
    const numbers = Int16Array.from({ length: 65536 }, (_, n) => n - 32768);
    expect(toSixteenBits(toSamples(numbers))).toEqual(numbers);
    const { bytes } = writeWav({ channels: [toSamples(numbers)], sampleRate: RATE, format: 'pcm16' });
    expect(toSixteenBits(readWav(bytes).channels[0]!)).toEqual(numbers);
  });

  it('cut what exceeds full scale, and take what is no number for silence', () => {
    const odd = Float32Array.from([1, -1, 7, -7, Infinity, -Infinity, NaN]);
    expect([...toSixteenBits(odd)]).toEqual([32767, -32768, 32767, -32768, 32767, -32768, 0]);
  });

  it('refuse stems of another length', () => {
    expect(() => divideExactly(new Int16Array(4), [new Float32Array(3)])).toThrow(/4 samples and a stem 3/);
  });
});
