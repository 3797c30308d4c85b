/** Number of bins, samples of frame and hop, and rate in Hz of a mel spectrogram. */
export interface MelLayout {
  readonly sampleRate: number;
  readonly frame: number;
  readonly hop: number;
  readonly bands: number;
}

/**
 * Mel power spectrogram, frames x bands: periodic Hann window of the frame's length around each multiple of the hop (zeros beyond the ends), triangular
 * filters of equal area on Slaney's mel scale (Slaney, "Auditory Toolbox", 1998). A frame of any length: the transform is written
 * out, for the models that want this have an odd one.
 */
export function melSpectrogram(samples: Float32Array, layout: MelLayout): Float64Array[] {
  const { frame, hop } = layout;
  const bins = Math.floor(frame / 2) + 1;
  const window = Float64Array.from(
    { length: frame },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frame),
  );
  const half = Math.floor(frame / 2);
  // Row f: cos and sin of 2 pi f n / frame for n = 1 to half.
  const table = (wave: (angle: number) => number): Float64Array[] =>
    Array.from({ length: bins }, (_, f) =>
      Float64Array.from({ length: half }, (__, n) => wave((2 * Math.PI * f * (n + 1)) / frame)),
    );
  const cosine = table(Math.cos);
  const sine = table(Math.sin);
  const filters = melFilters(layout);
  const count = Math.floor((samples.length + 2 * half - frame) / hop) + 1;
  const time = new Float64Array(frame);
  const even = new Float64Array(half);
  const odd = new Float64Array(half);
  const power = new Float64Array(bins);
  return Array.from({ length: count }, (_, t) => {
    for (let n = 0; n < frame; n++) time[n] = window[n]! * (samples[t * hop - half + n] ?? 0);
    // Samples n and frame - n share their cosine, and but for the sign their sine. (The middle one of an even frame counts once.)
    for (let n = 1; n <= half; n++) {
      const [a, b] = [time[n]!, 2 * n === frame ? 0 : time[frame - n]!];
      even[n - 1] = a + b;
      odd[n - 1] = a - b;
    }
    for (let f = 0; f < bins; f++) {
      const [c, s] = [cosine[f]!, sine[f]!];
      let re = time[0]!;
      let im = 0;
      for (let n = 0; n < half; n++) {
        re += even[n]! * c[n]!;
        im += odd[n]! * s[n]!;
      }
      power[f] = re * re + im * im;
    }
    return Float64Array.from(filters, (filter) => {
      let sum = 0;
      for (let f = 0; f < bins; f++) sum += filter[f]! * power[f]!;
      return sum;
    });
  });
}

/** bands rows of frame / 2 + 1 values. */
export function melFilters({ sampleRate, frame, bands }: MelLayout): Float64Array[] {
  const highest = hertzToMel(sampleRate / 2);
  const edge = (i: number): number => melToHertz((highest * i) / (bands + 1));
  return Array.from({ length: bands }, (_, b) => {
    const [low, centre, high] = [edge(b), edge(b + 1), edge(b + 2)];
    return Float64Array.from({ length: Math.floor(frame / 2) + 1 }, (__, f) => {
      const hertz = (f * sampleRate) / frame;
      const height = Math.min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
      return (Math.max(0, height) * 2) / (high - low);
    });
  });
}

/** Linear up to 1000 Hz, then 27 steps to each factor of 6.4. */
const LINEAR = 200 / 3;
const KNEE = 1000;
const STEP = Math.log(6.4) / 27;

function hertzToMel(hertz: number): number {
  return hertz < KNEE ? hertz / LINEAR : KNEE / LINEAR + Math.log(hertz / KNEE) / STEP;
}

function melToHertz(mel: number): number {
  return mel < KNEE / LINEAR ? mel * LINEAR : KNEE * Math.exp(STEP * (mel - KNEE / LINEAR));
}
