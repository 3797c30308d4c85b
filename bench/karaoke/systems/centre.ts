import { analyse, applyGains, frameLength, hannGrid, type Gains } from '../frames.ts';
import { linear, type System } from './system.ts';

/** Hz. Bass is in the middle too; the voice has nothing below. */
const LOWEST = 120;

/**
 * How much like each other the channels of a bin must be to be taken for the middle: higher is stricter. 8 served the training songs best, of 1 to 32, when
 * the voice must go down by more than 10 dB where it is in the middle.
 */
const SHARPNESS = 8;

/**
 * The middle out, bin by bin: Avendano's similarity of the channels (WASPAA 2003), 2 Re(L R*) / (|L|^2 + |R|^2), is 1 for a sound that is alike
 * in both, 0 for one that is in only one of them, and below for opposite phases. What is above 0, raised to a power, is taken for the
 * middle's share of the power. In a mono song everything is the middle.
 */
export const centreSystem: System = {
  name: 'centre',
  description: `bins above ${LOWEST} Hz lowered where L and R are alike (similarity to the power of ${SHARPNESS})`,
  latency: frameLength,
  separate(song) {
    const grid = hannGrid(song.sampleRate);
    const lowest = Math.ceil((LOWEST * grid.fftSize) / song.sampleRate);
    const gains: Gains[] = [];
    analyse(song.mix, grid, (_, spectra) => {
      gains.push([sidewards(spectra[0]!, spectra[1] ?? spectra[0]!, lowest)]);
    });
    return linear(song, (channels) => applyGains(channels, grid, gains));
  },
};

/** Gain of what is not in the middle, one value a bin. */
function sidewards(left: Float64Array, right: Float64Array, lowest: number): Float32Array {
  const gain = new Float32Array(left.length / 2).fill(1);
  for (let f = lowest; f < gain.length; f++) {
    const [a, b] = [left[2 * f]!, left[2 * f + 1]!];
    const [c, d] = [right[2 * f]!, right[2 * f + 1]!];
    const similarity = (2 * (a * c + b * d)) / (a * a + b * b + c * c + d * d + 1e-20);
    gain[f] = Math.sqrt(1 - Math.min(1, Math.max(0, similarity)) ** SHARPNESS);
  }
  return gain;
}
