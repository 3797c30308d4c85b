import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AudioFileError } from '../../../src/audio/wav.ts';
import { decodeCompressed } from '../../../src/cli/decode.ts';
import { amplitudeAt } from '../../helpers/audio.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/audio/${name}`, import.meta.url)));

/** Per file: rate, length, format, and a tone per channel, of amplitude 0.5. */
const FILES = [
  ['tones-16bit.flac', 44100, 13230, 'pcm16', [440, 880]],
  ['tone-24bit.flac', 44100, 8820, 'pcm24', [440]],
  ['tones-vorbis.ogg', 44100, 13230, 'float32', [440, 880]],
  ['tones-opus.ogg', 48000, 14400, 'float32', [440, 880]],
  ['tone-mono-opus.ogg', 48000, 14400, 'float32', [440]],
  ['tones.mp3', 44100, 14976, 'float32', [440, 880]],
] as const;

describe('a compressed file', () => {
  it.each(FILES)('%s sounds as what was put into it', async (name, sampleRate, length, format, tones) => {
    const audio = (await decodeCompressed(fixture(name)))!;
    expect(audio).toMatchObject({ sampleRate, format });
    expect(audio.channels.map((channel) => channel.length)).toEqual(tones.map(() => length));
    for (const [c, hertz] of tones.entries()) {
      const middle = audio.channels[c]!.subarray(2205, 2205 + 4410);
      expect(Math.abs(amplitudeAt(middle, hertz, sampleRate) - 0.5)).toBeLessThan(0.06);
    }
  });

  it.each(FILES.filter(([name]) => !name.endsWith('.mp3')))('%s cut off is refused', async (name) => {
    const bytes = fixture(name);
    for (const part of [0.02, 0.3, 0.7, 0.95]) {
      const cut = bytes.slice(0, Math.floor(part * bytes.length));
      await expect(decodeCompressed(cut)).rejects.toThrow(AudioFileError);
    }
  });

  it.each(FILES.filter(([name]) => name.endsWith('.ogg')))(
    '%s with one bit changed is refused',
    async (name) => {
      const bytes = fixture(name);
      bytes[Math.floor(bytes.length / 2)]! ^= 4;
      await expect(decodeCompressed(bytes)).rejects.toThrow(/wrong checksum/);
    },
  );

  it('FLAC whose last frame ends in ones, which the splitter of the library loses, is whole', async () => {
    const audio = (await decodeCompressed(fixture('last-frame-ends-in-ones.flac')))!;
    expect(audio.channels[0]).toHaveLength(5000);
    expect(Array.from(audio.channels[0]!.subarray(-3), (x) => Math.round(x * 32767))).toEqual([-1, -1, -1]);
    const cut = fixture('last-frame-ends-in-ones.flac').slice(0, -1);
    await expect(decodeCompressed(cut)).rejects.toThrow(AudioFileError);
  });

  it('whose rate changes on the way is refused', async () => {
    const bytes = fixture('tones.mp3');
    const other = bytes.slice();
    // The second half at 48 kHz: the rate's bits in each frame header.
    for (let at = Math.floor(other.length / 2); at < other.length - 4; at++) {
      if (other[at] === 0xff && other[at + 1] === bytes[1]) other[at + 2] = (other[at + 2]! & ~0x0c) | 4;
    }
    await expect(decodeCompressed(other)).rejects.toThrow(/damaged/);
  });

  it('is found behind an ID3 tag', async () => {
    const tag = Uint8Array.of(0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 20, ...new Uint8Array(20));
    for (const name of ['tones.mp3', 'tones-16bit.flac']) {
      const plain = await decodeCompressed(fixture(name));
      const tagged = await decodeCompressed(Uint8Array.of(...tag, ...fixture(name)));
      expect(tagged!.channels[0]!.length).toBe(plain!.channels[0]!.length);
    }
    await expect(decodeCompressed(Uint8Array.of(...tag, ...new Uint8Array(300)))).rejects.toThrow(
      /no sound after/,
    );
  });

  it('is not seen in what is something else', async () => {
    for (const text of ['', 'RIFF....WAVE', '<html>', '\xff\xf1\x50\x80']) {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      expect(await decodeCompressed(bytes)).toBeUndefined();
    }
  });
});
