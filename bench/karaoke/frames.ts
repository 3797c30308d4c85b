import { RealFFT } from '../../src/dsp/real-fft.ts';
import { windowPair } from '../../src/dsp/window.ts';
import type { Channels } from './songs.ts';

/** How a whole signal is cut into frames. Frame k ends with sample (k + 1) hop - 1, as in the streaming transform. */
export interface FrameGrid {
  readonly fftSize: number;
  readonly hop: number;
  /** Analysis window; its length is the frame's. */
  readonly analysis: Float64Array;
  /** Window of the last part of a frame, with the scale of the overlap-add. */
  readonly synthesis: Float64Array;
}

/** The next power of two above 40 ms: 2048 samples at 44.1 and 48 kHz. */
export const frameLength = (sampleRate: number): number => 2 ** Math.ceil(Math.log2(0.04 * sampleRate));

/** Square-root Hann windows that overlap by three quarters. */
export function hannGrid(sampleRate: number): FrameGrid {
  const fftSize = frameLength(sampleRate);
  return { fftSize, hop: fftSize / 4, ...windowPair(fftSize, fftSize, fftSize / 4) };
}

export const frameCount = (length: number, { hop, synthesis }: FrameGrid): number =>
  Math.ceil((length + synthesis.length) / hop);

/** Spectra of one frame, a channel each: interleaved complex, fftSize + 2 values. */
type Visit = (frame: number, spectra: readonly Float64Array[]) => void;

/** Visits the spectra of all frames in turn. The arrays are used again by the next frame. */
export function analyse(channels: Channels, grid: FrameGrid, visit: Visit): void {
  const { fftSize, hop, analysis } = grid;
  const fft = new RealFFT(fftSize);
  const time = new Float64Array(fftSize);
  const spectra = channels.map(() => new Float64Array(2 * fft.bins));
  const count = frameCount(channels[0]!.length, grid);
  for (let k = 0; k < count; k++) {
    const start = (k + 1) * hop - analysis.length;
    for (const [c, channel] of channels.entries()) {
      for (let n = 0; n < analysis.length; n++) time[n] = (channel[start + n] ?? 0) * analysis[n]!;
      fft.forward(time, spectra[c]!);
    }
    visit(k, spectra);
  }
}

/** The signal that comes back when `change` has worked on the spectra of each frame, in place: of the same length, without delay. */
export function filter(channels: Channels, grid: FrameGrid, change: Visit): Float32Array[] {
  const { fftSize, hop, synthesis } = grid;
  const fft = new RealFFT(fftSize);
  const time = new Float64Array(fftSize);
  const sums = channels.map((channel) => new Float64Array(channel.length));
  const skipped = grid.analysis.length - synthesis.length;
  analyse(channels, grid, (k, spectra) => {
    change(k, spectra);
    const start = (k + 1) * hop - synthesis.length;
    for (const [c, sum] of sums.entries()) {
      fft.inverse(spectra[c]!, time);
      const end = Math.min(synthesis.length, sum.length - start);
      for (let n = Math.max(0, -start); n < end; n++) sum[start + n]! += time[skipped + n]! * synthesis[n]!;
    }
  });
  return sums.map((sum) => Float32Array.from(sum));
}

/** Gains of a frame: one array for all channels, or one a channel; a value a bin. */
export type Gains = readonly Float32Array[];

/** Multiplies every frame with its gains. */
export const applyGains = (channels: Channels, grid: FrameGrid, gains: readonly Gains[]): Float32Array[] =>
  filter(channels, grid, (k, spectra) => {
    for (const [c, spectrum] of spectra.entries()) {
      const gain = gains[k]![c] ?? gains[k]![0]!;
      for (let f = 0; f < gain.length; f++) {
        spectrum[2 * f]! *= gain[f]!;
        spectrum[2 * f + 1]! *= gain[f]!;
      }
    }
  });
