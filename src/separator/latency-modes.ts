/**
 * The latency modes: how long a window looks back, and how soon the sound leaves again.
 *
 * Times are held, not sample counts: at 44.1 kHz or 16 kHz a window lasts as long, and resolves frequencies as finely, as at
 * 48 kHz, so a dictionary means the same at every rate. The FFT is the next power of two; the window is zero-padded to it.
 */
export const LATENCY_MODES = ['quality', 'balanced', 'live', 'monitor'] as const;
export type LatencyMode = (typeof LATENCY_MODES)[number];

/** All lengths in samples. */
export interface FrameLayout {
  readonly sampleRate: number;
  readonly fftSize: number;
  /** fftSize / 2 + 1. */
  readonly bins: number;
  /** Analysis window. */
  readonly windowLength: number;
  /** Synthesis window: the newest part of the frame that is heard. With a filter it only shapes the analysis window. */
  readonly tail: number;
  readonly hop: number;
  /** Time over which the computation of a frame is spread; part of the latency. */
  readonly slack: number;
  /** Of the filter that takes the place of the overlap-add and has no delay; 0 where there is none. */
  readonly taps: number;
  /** Samples from input to output: tail + slack, or 0 with a filter. */
  readonly latency: number;
}

interface Shape {
  /** Seconds. */
  readonly hop: number;
  /** The others in hops. */
  readonly window: number;
  readonly tail: number;
  readonly slack: number;
  readonly taps: number;
}

const SHAPES: Record<LatencyMode, Shape> = {
  quality: { hop: 512 / 48000, window: 4, tail: 3.25, slack: 0.75, taps: 0 },
  balanced: { hop: 256 / 48000, window: 4, tail: 2, slack: 0, taps: 0 },
  live: { hop: 128 / 48000, window: 8, tail: 2, slack: 0, taps: 0 },
  // The frames of `live`, which is what the models know, and no synthesis.
  monitor: { hop: 128 / 48000, window: 8, tail: 2, slack: 0, taps: 1 },
};

/** The cost of a filter grows with the square of its taps: above 48 kHz it gets shorter, which costs up to 0.2 dB. */
const MOST_TAPS = 128;

export const MIN_SAMPLE_RATE = 8000;
export const MAX_SAMPLE_RATE = 192000;

/** The layout of a mode at a sample rate in Hz. Throws a RangeError outside 8 to 192 kHz or for an unknown mode. */
export function frameLayout(mode: LatencyMode, sampleRate: number): FrameLayout {
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
    throw new RangeError(
      `The sample rate is ${sampleRate} Hz; it must be from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz.`,
    );
  }
  const shape = SHAPES[mode];
  if (!shape) throw new RangeError(`There is no mode "${mode}". There are: ${LATENCY_MODES.join(', ')}.`);
  const hop = Math.round(shape.hop * sampleRate);
  const windowLength = shape.window * hop;
  const slack = Math.round(shape.slack * hop);
  const end = Math.round((shape.tail + shape.slack) * hop);
  const fftSize = 2 ** Math.ceil(Math.log2(windowLength));
  return {
    sampleRate,
    fftSize,
    bins: fftSize / 2 + 1,
    windowLength,
    tail: end - slack,
    hop,
    slack,
    taps: Math.min(shape.taps * hop, MOST_TAPS),
    latency: shape.taps > 0 ? 0 : end,
  };
}
