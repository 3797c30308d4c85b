/** Lowest frequency of the bands that the meters report, Hz; they are spaced evenly in log frequency up to half the sample rate. */
export const LOWEST = 50;

/** Place of a frequency on the axis, 0 to 1. */
export const placeOf = (hertz: number, sampleRate: number): number =>
  Math.log(hertz / LOWEST) / Math.log(sampleRate / 2 / LOWEST);

export const FREQUENCY_MARKS = [100, 200, 500, 1000, 2000, 5000, 10000, 20000];

export const hertzText = (hertz: number): string => (hertz >= 1000 ? `${hertz / 1000}k` : String(hertz));

/** dB per octave added around 1 kHz, as analysers do, so that speech and music look about level. */
const TILT = 3;

/** Fills `decibels` from linear band magnitudes, with the tilt, smoothed along frequency where bands are narrower than bins. */
export function bandDecibels(bands: Float32Array, sampleRate: number, decibels: Float32Array): void {
  const count = bands.length;
  const octaves = Math.log2(sampleRate / 2 / LOWEST) / count;
  const centre = Math.log2(1000 / LOWEST);
  for (let b = 0; b < count; b++) {
    const here = bands[b] ?? 0;
    const level = 0.25 * (bands[b - 1] ?? here) + 0.5 * here + 0.25 * (bands[b + 1] ?? here);
    decibels[b] = 20 * Math.log10(level + 1e-9) + TILT * ((b + 0.5) * octaves - centre);
  }
}
