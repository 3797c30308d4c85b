import { magnitudeFrames } from '../dsp/frames.ts';
import { analysisWindow } from '../dsp/window.ts';
import { observable, soundingFrames } from './corpus.ts';
import type { TrainingLayout } from './corpus.ts';
import type { Recording } from './recording.ts';
import { RESAMPLED_PASSBAND, resampleAudio } from './resample-audio.ts';

/** Neighbouring frames of one recording. */
export interface FramePiece {
  /** count x bins, frame by frame. */
  readonly frames: Float32Array;
  readonly count: number;
  /** Of all of these frames. */
  readonly observedBins: number;
}

export interface FrameOptions {
  /** See CorpusOptions. Default 40 dB. */
  readonly silence?: number;
  /** Frames are |X|^exponent. Default 1. */
  readonly exponent?: number;
}

const PIECE_FRAMES = 512;

/**
 * All sounding frames of a usable recording as corpusFrames() makes them, a few at a time: for recordings that do not fit into memory as
 * frames.
 */
export function* recordingFrames(
  recording: Recording,
  layout: TrainingLayout,
  { silence = 40, exponent = 1 }: FrameOptions = {},
): Generator<FramePiece> {
  const { sampleRate, samples } = recording;
  const { windowLength, hop, fftSize } = layout;
  const bins = fftSize / 2 + 1;
  const { hops, level } = soundingFrames(recording, layout, silence);
  const signal = resampleAudio(samples, sampleRate, layout.sampleRate);
  const window = analysisWindow(windowLength);
  const reach = 0.5 * RESAMPLED_PASSBAND * sampleRate;
  const observedBins = sampleRate < layout.sampleRate ? observable(reach, layout) : bins;
  for (let from = 0; from < hops.length; from += PIECE_FRAMES) {
    const chosen = hops.subarray(from, from + PIECE_FRAMES);
    const windows = new Float32Array(chosen.length * windowLength);
    chosen.forEach((t, i) => windows.set(signal.subarray(t * hop, t * hop + windowLength), i * windowLength));
    for (let n = 0; n < windows.length; n++) windows[n] = windows[n]! / level;
    const { frames } = magnitudeFrames(windows, { fftSize, windowLength, hop: windowLength }, window);
    if (exponent !== 1) for (let i = 0; i < frames.length; i++) frames[i] = frames[i]! ** exponent;
    yield { frames, count: chosen.length, observedBins };
  }
}
