import { describe, expect, it } from 'vitest';
import { fileRate } from './file-rate.ts';

describe('the rate of a sound file', () => {
  it('is found in FLAC files', () => {
    const header = (rate: number) => {
      const bytes = new Uint8Array(42);
      bytes.set([0x66, 0x4c, 0x61, 0x43]);
      // Twenty bits of the rate, then three of the channels.
      bytes.set([rate >> 12, (rate >> 4) & 0xff, ((rate & 15) << 4) | 2], 18);
      return bytes;
    };
    expect(fileRate(header(44100))).toBe(44100);
    expect(fileRate(header(96000))).toBe(96000);
    expect(fileRate(header(0))).toBeUndefined();
  });

  it('is found in MP3 files of all generations, with or without tags', () => {
    const frame = (version: number, index: number) => [
      0xff,
      0xe0 | (version << 3) | 2,
      0x90 | (index << 2),
      0,
      0,
      0,
      0,
      0,
    ];
    expect(fileRate(Uint8Array.from(frame(3, 1)))).toBe(48000);
    expect(fileRate(Uint8Array.from(frame(2, 0)))).toBe(22050);
    expect(fileRate(Uint8Array.from(frame(0, 2)))).toBe(8000);
    const tag = [...'ID3'].map((c) => c.charCodeAt(0)).concat(4, 0, 0, 0, 0, 0, 4, 0xff, 0xfb, 0x94, 0x00);
    expect(fileRate(Uint8Array.from([...tag, ...frame(3, 2)]))).toBe(32000);
  });

  it('is found in Ogg files', () => {
    const page = (packet: number[]) =>
      Uint8Array.from([
        ...[...'OggS'].map((c) => c.charCodeAt(0)),
        ...Array.from({ length: 22 }, () => 0),
        1,
        30,
        ...packet,
      ]);
    const text = (value: string) => [...value].map((c) => c.charCodeAt(0));
    expect(fileRate(page([...text('OpusHead'), 1, 2, 0, 0, 0x44, 0xac]))).toBe(48000);
    expect(fileRate(page([1, ...text('vorbis'), 0, 0, 0, 0, 2, 0x44, 0xac, 0, 0]))).toBe(44100);
  });

  it('is not made up', () => {
    expect(fileRate(new Uint8Array(0))).toBeUndefined();
    expect(fileRate(new TextEncoder().encode('These are words, not sound.'))).toBeUndefined();
    expect(fileRate(Uint8Array.from({ length: 200 }, () => 0xff))).toBeUndefined();
  });
});
