import { describe, expect, it } from 'vitest';
import { AudioFileError, readWav, SAMPLE_FORMATS, writeWav } from '../../../src/audio/wav.ts';
import type { Audio, SampleFormat } from '../../../src/audio/wav.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const sound = (format: SampleFormat, channelCount = 2, length = 101): Audio => ({
  sampleRate: 22050,
  channels: Array.from({ length: channelCount }, (_, c) => noise(length, c + 1, 0.9)),
  format,
});

/** Half a step of the format: what rounding may change. */
const HALF_STEP: Record<SampleFormat, number> = {
  pcm16: 2 ** -16,
  pcm24: 2 ** -24,
  pcm32: 2 ** -25,
  float32: 0,
  float64: 0,
};

describe('a WAV file', () => {
  for (const format of SAMPLE_FORMATS) {
    it.each([1, 2, 3, 7])(`of ${format} with %i channels comes back within half a step`, (channelCount) => {
      const audio = sound(format, channelCount);
      const { bytes, clipped } = writeWav(audio);
      const back = readWav(bytes);
      expect(clipped).toBe(0);
      expect(back).toMatchObject({ sampleRate: 22050, format });
      expect(back.channels).toHaveLength(channelCount);
      for (const [c, channel] of back.channels.entries()) {
        expect(maximumDifference(channel, audio.channels[c]!)).toBeLessThanOrEqual(HALF_STEP[format]);
      }
    });

    it(`of ${format} is written to the same bytes again after it was read`, () => {
      const { bytes } = writeWav(sound(format));
      expect(writeWav(readWav(bytes)).bytes).toEqual(bytes);
    });
  }

  it('cuts what is above full scale, and says how much; +1 itself is one step of rounding', () => {
    const channels = [Float32Array.of(1, -1, 1.5, -2, 0.5, Number.NaN, Infinity)];
    for (const format of ['pcm16', 'pcm24', 'pcm32'] as const) {
      const { bytes, clipped } = writeWav({ sampleRate: 8000, channels, format });
      const [back] = readWav(bytes).channels;
      expect(clipped).toBe(4);
      expect(back![0]).toBeCloseTo(1, 4);
      expect(back!.slice(1, 2)).toEqual(Float32Array.of(-1));
      expect(back![2]).toBeCloseTo(1, 4);
      expect(back![3]).toBe(-1);
      expect(back![5]).toBe(0);
      expect(back![6]).toBeCloseTo(1, 4);
    }
    expect(writeWav({ sampleRate: 8000, channels, format: 'float32' }).clipped).toBe(0);
  });

  it('keeps which loudspeaker a channel is for', () => {
    const audio = { ...sound('pcm16', 6), channelMask: 0x3f };
    expect(readWav(writeWav(audio).bytes).channelMask).toBe(0x3f);
  });

  it('may have no samples', () => {
    const back = readWav(writeWav({ ...sound('pcm16'), channels: [new Float32Array(0)] }).bytes);
    expect(back.channels).toEqual([new Float32Array(0)]);
  });

  it('may have chunks of odd length before its samples, and anything after them', () => {
    const { bytes } = writeWav(sound('pcm16'));
    const odd = [...latin1('LIST'), 3, 0, 0, 0, 1, 2, 3, 0];
    const late = [...latin1('id3 '), 2, 0, 0, 0, 9, 9];
    const spliced = Uint8Array.of(...bytes.subarray(0, 12), ...odd, ...bytes.subarray(12), ...late);
    expect(readWav(spliced)).toEqual(readWav(bytes));
  });

  it('may come from a writer that did not know its length', () => {
    const { bytes } = writeWav(sound('pcm16'));
    new DataView(bytes.buffer).setUint32(40, 0xffffffff, true);
    expect(readWav(bytes).channels[0]).toHaveLength(101);
  });

  it('may be RF64, whose length is in another chunk', () => {
    const { bytes } = writeWav(sound('pcm16'));
    const ds64 = new Uint8Array(8 + 28);
    ds64.set(latin1('ds64'));
    const view = new DataView(ds64.buffer);
    view.setUint32(4, 28, true);
    view.setUint32(16, bytes.length - 44, true);
    const spliced = Uint8Array.of(...bytes.subarray(0, 12), ...ds64, ...bytes.subarray(12));
    spliced.set(latin1('RF64'));
    new DataView(spliced.buffer).setUint32(40 + ds64.length, 0xffffffff, true);
    expect(readWav(spliced)).toEqual(readWav(bytes));
  });

  it('may have 8 bits, and 20 bits in 3 bytes', () => {
    const eight = writeWav({ ...sound('pcm16', 1, 1), channels: [new Float32Array(1)] }).bytes.slice();
    const view = new DataView(eight.buffer);
    view.setUint16(32, 1, true);
    view.setUint16(34, 8, true);
    eight.set([0, 192], 44);
    expect(readWav(eight).channels[0]).toEqual(Float32Array.of(-1, 0.5));
    const twenty = writeWav(sound('pcm24')).bytes.slice();
    new DataView(twenty.buffer).setUint16(34, 20, true);
    expect(readWav(twenty).channels).toEqual(readWav(writeWav(sound('pcm24')).bytes).channels);
  });
});

describe('a broken WAV file', () => {
  const good = writeWav(sound('pcm16')).bytes;
  const extensible = writeWav(sound('pcm16', 3)).bytes;
  const changed = (change: (view: DataView, bytes: Uint8Array) => void, from = good): Uint8Array => {
    const copy = from.slice();
    change(new DataView(copy.buffer), copy);
    return copy;
  };
  const cases: readonly [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /not a WAV file/],
    ['text', latin1('This is no sound.'), /not a WAV file/],
    ['big-endian', changed((_, b) => b.set(latin1('RIFX'))), /big-endian/],
    ['only its first 12 bytes', good.slice(0, 12), /no format .* cut off/],
    ['cut off in its format', good.slice(0, 30), /format .* cut off/],
    ['cut off before its samples', good.slice(0, 36), /no samples .* cut off/],
    [
      'cut off in its samples',
      good.slice(0, 100),
      /cut off: 404 bytes of samples should be in it, and 56 are/,
    ],
    ['A-law', changed((v) => v.setUint16(20, 6, true)), /holds A-law; PCM or float is needed/],
    ['of an unknown format', changed((v) => v.setUint16(20, 0x1234, true)), /holds format 0x1234/],
    ['without channels', changed((v) => v.setUint16(22, 0, true)), /has 0 channels/],
    ['of 60000 channels', changed((v) => v.setUint16(22, 60000, true)), /has 60000 channels/],
    ['of 0 Hz', changed((v) => v.setUint32(24, 0, true)), /sample rate of 0 Hz/],
    ['of 0 bits', changed((v) => v.setUint16(34, 0, true)), /has 0 bits/],
    ['of 17 bits in 2 bytes', changed((v) => v.setUint16(34, 17, true)), /has 17 bits .* blocks of 4 bytes/],
    [
      'of blocks that do not divide',
      changed((v) => v.setUint16(32, 5, true)),
      /blocks of 5 bytes for 2 channels/,
    ],
    ['of a kind that only its maker knows', changed((v) => v.setUint8(50, 9), extensible), /unknown kind/],
    ['with its samples first', changed((_, b) => b.set(latin1('data'), 12)), /data before its format/],
  ];
  it.each(cases)('%s: says what is wrong', (_, bytes, message) => {
    expect(() => readWav(bytes)).toThrow(message);
    expect(() => readWav(bytes)).toThrow(AudioFileError);
  });

  it('never throws anything else, whatever byte of its header is changed', () => {
    for (const file of [good, extensible]) {
      for (let at = 0; at < 70; at++) {
        for (const byte of [0, 1, 0x7f, 0xff]) {
          try {
            readWav(changed((view) => view.setUint8(at, byte), file));
          } catch (error) {
            if (!(error instanceof AudioFileError)) throw error;
          }
        }
      }
    }
  });
});

describe('writing a WAV file', () => {
  it('refuses what a WAV file cannot hold', () => {
    const audio = sound('pcm16');
    expect(() => writeWav({ ...audio, channels: [] })).toThrow(/from 1 to 1024 channels, not 0/);
    expect(() => writeWav({ ...audio, sampleRate: 44100.5 })).toThrow(/whole number of Hz, not 44100.5/);
    expect(() => writeWav({ ...audio, channels: [noise(3), noise(4)] })).toThrow(/same length/);
  });
});

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
