import { filter, frameLength, hannGrid } from '../frames.ts';
import { linear, type System } from './system.ts';

/** Hz between which the bass gives way to the difference of the channels. */
const CROSSOVER = [100, 200] as const;

/**
 * The classic: the difference of the channels, in which nothing of the middle is left, and the bass of their sum, which the difference would lack
 * (Xiang and Dubnov, ICMC 2005). The result is the same in both channels. The difference is scaled so that sounds that are not alike in the two
 * channels keep their power; a mono song keeps nothing but its bass.
 */
export const sideSystem: System = {
  name: 'side',
  description: `(L - R) / sqrt 2 above, (L + R) / 2 below ${CROSSOVER.join(' to ')} Hz, in both channels`,
  latency: frameLength,
  separate(song) {
    const grid = hannGrid(song.sampleRate);
    const bass = crossover(grid.fftSize, song.sampleRate);
    return linear(song, (channels) =>
      filter(channels, grid, (_, spectra) => {
        const left = spectra[0]!;
        const right = spectra[1] ?? left;
        for (let i = 0; i < left.length; i++) {
          const low = bass[i >> 1]!;
          const sum = (left[i]! + right[i]!) / 2;
          const difference = (left[i]! - right[i]!) * Math.SQRT1_2;
          const value = low * sum + (1 - low) * difference;
          left[i] = value;
          right[i] = value;
        }
      }),
    );
  },
};

/** Gain of the bass, one value a bin: 1 below the crossover, 0 above, half a period of a cosine between. */
function crossover(fftSize: number, sampleRate: number): Float64Array {
  const [low, high] = CROSSOVER;
  return Float64Array.from({ length: fftSize / 2 + 1 }, (_, f) => {
    const place = ((f * sampleRate) / fftSize - low) / (high - low);
    return 0.5 + 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, place)));
  });
}
