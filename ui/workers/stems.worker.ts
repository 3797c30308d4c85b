import { expose, transfer } from 'comlink';
import { writeWav } from '../../src/audio/wav.ts';
import type { Dictionary } from '../../src/dictionary/index.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import type { LatencyMode } from '../../src/separator/latency-modes.ts';
import { render } from '../../src/separator/render.ts';
import { divideExactly, toSamples, toSixteenBits } from '../app/stems.ts';

export interface StemsJob {
  readonly channels: Float32Array[];
  readonly sampleRate: number;
  readonly dictionary: Dictionary;
  readonly mode: LatencyMode;
  readonly parameters: Readonly<Record<string, number>>;
}

/** ms between two reports. */
const REPORT_INTERVAL = 100;

/** Reports a fraction now and then. */
function reporter(onProgress: (fraction: number) => unknown): (fraction: number) => void {
  let last = -Infinity;
  return (fraction) => {
    const now = performance.now();
    if (now - last < REPORT_INTERVAL) return;
    last = now;
    void onProgress(fraction);
  };
}

/** What the page may ask for: whole songs through the engine that also plays them. */
const service = {
  /** A WAV of 16 bits for each source, in the order of the dictionary; sample by sample they sum to the song of 16 bits. */
  stems(
    { channels, ...configuration }: StemsJob,
    onProgress: (fraction: number) => unknown,
  ): Uint8Array<ArrayBuffer>[] {
    const { sampleRate } = configuration;
    const rendered = render(
      channels,
      { ...configuration, kernel: loadKernel().factory, outputs: 'sources' },
      reporter(onProgress),
    )!;
    const sources = rendered.length / channels.length;
    const divided = channels.map((song, channel) =>
      divideExactly(
        toSixteenBits(song),
        Array.from({ length: sources - 1 }, (_, source) => rendered[source * channels.length + channel]!),
      ),
    );
    const files = Array.from({ length: sources }, (_, source) => {
      const stem = divided.map((parts) => toSamples(parts[source]!));
      return writeWav({ channels: stem, sampleRate, format: 'pcm16' }).bytes as Uint8Array<ArrayBuffer>;
    });
    return transfer(
      files,
      files.map(({ buffer }) => buffer),
    );
  },

  /** The song as the faders have it. */
  mix({ channels, ...configuration }: StemsJob, onProgress: (fraction: number) => unknown): Float32Array[] {
    const mixed = render(
      channels,
      { ...configuration, kernel: loadKernel().factory, outputs: 'mix' },
      reporter(onProgress),
    )!;
    return transfer(
      mixed,
      mixed.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
};

export type StemsService = typeof service;

expose(service);
