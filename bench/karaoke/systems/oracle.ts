import { analyse, applyGains, hannGrid, type Gains } from '../frames.ts';
import { linear, type System } from './system.ts';

/** The Wiener mask |B|^2 / (|B|^2 + |V|^2) of the true backing and voice, each channel its own: what a mask can reach at most. */
export const oracleSystem: System = {
  name: 'oracle',
  description: 'Wiener mask of the true backing and voice',
  oracle: true,
  latency: () => undefined,
  separate(song) {
    const grid = hannGrid(song.sampleRate);
    const gains: Gains[] = [];
    analyse([...song.backing, ...song.vocals], grid, (_, spectra) => {
      gains.push(song.mix.map((__, c) => wiener(spectra[c]!, spectra[song.mix.length + c]!)));
    });
    return linear(song, (channels) => applyGains(channels, grid, gains));
  },
};

function wiener(backing: Float64Array, voice: Float64Array): Float32Array {
  return Float32Array.from({ length: backing.length / 2 }, (_, f) => {
    const wanted = backing[2 * f]! ** 2 + backing[2 * f + 1]! ** 2;
    return wanted / (wanted + voice[2 * f]! ** 2 + voice[2 * f + 1]! ** 2 + 1e-20);
  });
}
