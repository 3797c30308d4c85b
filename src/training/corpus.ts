import { analysisWindow } from '../dsp/window.ts';
import { magnitudeFrames } from '../dsp/frames.ts';
import { createRandom, sampleIndices } from '../nmf/random.ts';
import { unusable } from './recording.ts';
import type { Recording, RecordingMessage } from './recording.ts';
import { RESAMPLED_PASSBAND, resampleAudio } from './resample-audio.ts';

/** The frames that a dictionary is to explain. Hz and samples. */
export interface TrainingLayout {
  readonly sampleRate: number;
  readonly fftSize: number;
  readonly windowLength: number;
  readonly hop: number;
}

export interface CorpusOptions {
  /** Most frames; above it they are drawn at random, as evenly from the recordings as their lengths allow. Default: all. */
  readonly maxFrames?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Frames this many dB below the loud ones (95th percentile) of their recording are silence, and dropped. Default 40. */
  readonly silence?: number;
  /** Frames are |X|^exponent. Default 1. */
  readonly exponent?: number;
  /** `windowLength` values. Default: periodic square-root Hann. */
  readonly window?: Float64Array;
}

export interface Corpus {
  /** count x bins, frame by frame, |X|^exponent; each recording scaled to the same level. */
  readonly frames: Float32Array;
  readonly count: number;
  readonly bins: number;
  /** Per frame, how many bins its recording's sample rate reaches; undefined where all reach all. */
  readonly observedBins: Int32Array | undefined;
  /** One per recording that cannot be used, or not in full. */
  readonly messages: readonly RecordingMessage[];
}

interface Selection {
  readonly recording: Recording;
  /** Start of each chosen frame, in hops. */
  readonly chosen: Int32Array;
  /** Root mean square of the frames that are not silence. */
  readonly level: number;
}

/**
 * The magnitude frames of recordings of one source, at the layout's sample rate, silence dropped, each recording brought to the same
 * level. A recording that cannot be used has a message, and the others are used. Throws a RangeError where none can.
 */
export function corpusFrames(
  recordings: readonly Recording[],
  layout: TrainingLayout,
  options: CorpusOptions = {},
): Corpus {
  const { maxFrames = Infinity, seed = 0, silence = 40, exponent = 1 } = options;
  if (recordings.length === 0)
    throw new RangeError('There are no recordings to train on; give at least one.');
  const messages: RecordingMessage[] = [];
  const active: { recording: Recording; hops: Int32Array; level: number }[] = [];
  for (const recording of recordings) {
    const problem = unusable(recording);
    if (problem) messages.push(problem);
    else active.push({ recording, ...soundingFrames(recording, layout, silence) });
  }
  if (active.length === 0) {
    throw new RangeError(`No recording can be used. ${messages.map((m) => m.message).join(' ')}`);
  }
  const random = createRandom(seed);
  const quotas = shareOut(
    active.map(({ hops }) => hops.length),
    maxFrames,
  );
  const selections = active.map(({ recording, hops, level }, i): Selection => {
    const chosen = sampleIndices(random, hops.length, quotas[i]!).map((index) => hops[index]!);
    return { recording, chosen, level };
  });
  const bins = layout.fftSize / 2 + 1;
  const count = quotas.reduce((sum, quota) => sum + quota, 0);
  const frames = new Float32Array(count * bins);
  const observedBins = new Int32Array(count).fill(bins);
  let at = 0;
  for (const selection of selections) {
    const { sampleRate, name } = selection.recording;
    if (sampleRate < layout.sampleRate) {
      const reach = 0.5 * RESAMPLED_PASSBAND * sampleRate;
      observedBins.fill(observable(reach, layout), at, at + selection.chosen.length);
      messages.push({
        recording: name,
        problem: 'band-limited',
        message: `"${name}" is at ${sampleRate} Hz: nothing above ${Math.round(reach)} Hz was learned from it.`,
        used: true,
      });
    }
    const magnitudes = chosenFrames(selection, layout, options.window);
    if (exponent !== 1) magnitudes.forEach((value, i) => (magnitudes[i] = value ** exponent));
    frames.set(magnitudes, at * bins);
    at += selection.chosen.length;
  }
  const partial = observedBins.some((n) => n < bins);
  return { frames, count, bins, observedBins: partial ? observedBins : undefined, messages };
}

/** Number of bins of the layout whose centres lie below `frequency` (Hz). */
export function observable(frequency: number, { sampleRate, fftSize }: TrainingLayout): number {
  return Math.max(1, Math.min(fftSize / 2 + 1, Math.floor((frequency * fftSize) / sampleRate)));
}

/** Which frames sound, found at the recording's own rate, and how loud they are. */
export function soundingFrames(
  { samples, sampleRate }: Recording,
  { windowLength, hop, sampleRate: layoutRate }: TrainingLayout,
  silence: number,
): { hops: Int32Array; level: number } {
  const ratio = sampleRate / layoutRate;
  // A recording shorter than one window is padded with zeros to one frame.
  const count = Math.max(1, Math.floor((samples.length / ratio - windowLength) / hop) + 1);
  const energies = new Float64Array(count);
  for (let t = 0; t < count; t++) {
    const from = Math.round(t * hop * ratio);
    const to = Math.min(samples.length, Math.round((t * hop + windowLength) * ratio));
    for (let n = from; n < to; n++) energies[t] = energies[t]! + samples[n]! * samples[n]!;
    energies[t] = energies[t]! / Math.max(1, to - from);
  }
  const sorted = energies.toSorted();
  const loud = sorted[Math.min(count - 1, Math.floor(0.95 * count))]! || sorted.at(-1)!;
  const least = loud * 10 ** (-silence / 10);
  const hops = Int32Array.from({ length: count }, (_, t) => t).filter((t) => energies[t]! > least);
  const total = hops.reduce((sum, t) => sum + energies[t]!, 0);
  return { hops, level: Math.sqrt(total / hops.length) };
}

/** Quotas that sum to at most `total`, none above its count: equal, but for the counts that are below. */
function shareOut(counts: readonly number[], total: number): number[] {
  const quotas = counts.map(() => 0);
  const order = counts.map((_, i) => i).toSorted((a, b) => counts[a]! - counts[b]!);
  let left = total;
  order.forEach((i, done) => {
    quotas[i] = Math.min(counts[i]!, Math.floor(left / (order.length - done)));
    left -= quotas[i]!;
  });
  return quotas;
}

/** chosen x bins magnitudes at the layout's rate and at level 1. */
function chosenFrames(
  { recording, chosen, level }: Selection,
  layout: TrainingLayout,
  window: Float64Array = analysisWindow(layout.windowLength),
): Float32Array {
  const { windowLength, hop, fftSize } = layout;
  const signal = resampleAudio(recording.samples, recording.sampleRate, layout.sampleRate);
  // One window after another, as a signal whose hop is the window.
  const windows = new Float32Array(chosen.length * windowLength);
  chosen.forEach((t, i) => windows.set(signal.subarray(t * hop, t * hop + windowLength), i * windowLength));
  for (let n = 0; n < windows.length; n++) windows[n] = windows[n]! / level;
  return magnitudeFrames(windows, { fftSize, windowLength, hop: windowLength }, window).frames;
}
