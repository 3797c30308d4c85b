import { describe, expect, it } from 'vitest';
import { songKey } from './studied-songs.ts';

describe('the key of a song', () => {
  const channels = [Float32Array.of(0.1, 0.2, 0.3), Float32Array.of(0.4, 0.5, 0.6)];
  const key = (over = {}) => songKey({ channels, sampleRate: 44100, ...over });

  it('is the same for the same sound, wherever it lies in memory', async () => {
    const wide = Float32Array.of(9, 0.1, 0.2, 0.3, 9);
    expect(await key({ channels: [wide.subarray(1, 4), channels[1]!.slice()] })).toBe(await key());
    expect(await key()).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is another for another sample, rate, or order of channels', async () => {
    const others = await Promise.all([
      key({ sampleRate: 48000 }),
      key({ channels: [channels[0]!] }),
      key({ channels: [channels[1]!, channels[0]!] }),
      key({ channels: [channels[0]!, Float32Array.of(0.4, 0.5, 0.60001)] }),
    ]);
    expect(new Set([await key(), ...others]).size).toBe(5);
  });
});
