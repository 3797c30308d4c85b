import type { Dictionary } from '../../dictionary/index.ts';
import { RealFFT } from '../../dsp/real-fft.ts';
import { windowPair } from '../../dsp/window.ts';
import type { KernelFactory } from '../../kernel/kernel.ts';
import { createFrameModel, dictionaryForLayout } from '../../separator/frame-model.ts';
import type { FrameModel } from '../../separator/frame-model.ts';
import type { FrameLayout } from '../../separator/latency-modes.ts';
import { BLOCK } from './heard-frames.ts';
import type { HeardBlock } from './heard-frames.ts';
import { findMelody } from './melody.ts';
import { PitchSalience } from './pitch-salience.ts';
import { StereoPlaces } from './stereo-places.ts';

/** Mean power of a spectrum below which a frame is silent: about -100 dB of full scale, as for the engine. */
const SILENT_POWER = 1e-10;
/** Log odds of voice that a dictionary may give at most. */
const SUREST = 6;
const FLOOR = 1e-4;
const MASK_EXPONENT = 2;

/** Turns parts of a song into blocks of frames with their cues. Silent frames are left out. */
export class PartListener {
  readonly #layout: FrameLayout;
  readonly #model: FrameModel;
  readonly #gains: Float64Array;
  readonly #window: Float64Array;
  readonly #fft: RealFFT;
  readonly #salience: PitchSalience;
  readonly #places: StereoPlaces;

  /** `voice`: index of its source. */
  constructor(dictionary: Dictionary, voice: number, layout: FrameLayout, createKernel: KernelFactory) {
    this.#layout = layout;
    // With one channel: where in the stereo image the voice is, is found here over the whole song.
    this.#model = createFrameModel(dictionaryForLayout(dictionary, layout), layout, { kernel: createKernel });
    this.#gains = new Float64Array(dictionary.sources.length).fill(1);
    this.#gains[voice] = 0;
    this.#window = windowPair(layout.windowLength, layout.tail, layout.hop).analysis;
    this.#fft = new RealFFT(layout.fftSize);
    this.#salience = new PitchSalience(layout);
    this.#places = new StereoPlaces(layout);
  }

  /** Blocks of the frames that end within the part, of one or two channels. */
  hear(channels: readonly Float32Array[]): HeardBlock[] {
    const { bins, hop, windowLength, fftSize } = this.#layout;
    const most = Math.max(0, Math.floor((channels[0]!.length - windowLength) / hop) + 1);
    const { pitches: pitchCount } = this.#salience;
    const spectrum = new Float32Array(most * bins);
    const odds = new Float32Array(most * bins);
    const cells = channels.length === 2 ? new Int16Array(most * bins) : undefined;
    const saliences = new Float32Array(most * pitchCount);
    const time = new Float64Array(fftSize);
    const spectra = channels.map(() => new Float64Array(2 * bins));
    const share = new Float32Array(bins);
    let count = 0;
    for (let n = 0; n < most; n++) {
      for (const [c, channel] of channels.entries()) {
        for (let i = 0; i < windowLength; i++) time[i] = channel[n * hop + i]! * this.#window[i]!;
        this.#fft.forward(time, spectra[c]!);
      }
      const at = count * bins;
      const frame = spectrum.subarray(at, at + bins);
      if (!this.#magnitudes(spectra, frame)) {
        this.#model.skipFrame();
        continue;
      }
      const frameOdds = odds.subarray(at, at + bins);
      this.#judge(frame, frameOdds);
      if (cells) this.#places.process(spectra[0]!, spectra[1]!, cells.subarray(at, at + bins));
      // The melody is looked for in what the dictionary takes for voice.
      for (let f = 0; f < bins; f++) share[f] = frame[f]! / (1 + Math.exp(-frameOdds[f]!));
      this.#salience.process(share, saliences.subarray(count * pitchCount, (count + 1) * pitchCount));
      count++;
    }
    const melody = findMelody(saliences, count, pitchCount);
    const pitches = Float32Array.from(melody.pitches, (pitch) => this.#salience.frequency(pitch));
    const blocks: HeardBlock[] = [];
    for (let from = 0; from < count; from += BLOCK) {
      const to = Math.min(count, from + BLOCK);
      blocks.push({
        count: to - from,
        spectrum: spectrum.slice(from * bins, to * bins),
        odds: odds.slice(from * bins, to * bins),
        cells: cells?.slice(from * bins, to * bins),
        pitches: pitches.slice(from, to),
        strengths: melody.strengths.slice(from, to),
      });
    }
    return blocks;
  }

  /** False for a frame that is silent, or not finite. */
  #magnitudes(spectra: readonly Float64Array[], frame: Float32Array): boolean {
    let power = 0;
    for (let f = 0; f < frame.length; f++) {
      let sum = 0;
      for (const spectrum of spectra) sum += spectrum[2 * f]! ** 2 + spectrum[2 * f + 1]! ** 2;
      sum /= spectra.length;
      frame[f] = Math.sqrt(sum);
      power += sum;
    }
    return power >= SILENT_POWER * this.#layout.windowLength * frame.length && power < Infinity;
  }

  #judge(frame: Float32Array, odds: Float32Array): void {
    const model = this.#model;
    for (let f = 0; f < frame.length; f++) model.spectrum[f] = frame[f]! ** model.exponent;
    for (let step = 0; step < model.steps; step++) model.processStep(step);
    if (!model.finite) {
      odds.fill(0);
      return;
    }
    const rest = model.gain(this.#gains, MASK_EXPONENT);
    for (let f = 0; f < odds.length; f++) {
      const value = Math.log((1 - rest[f]! + FLOOR) / (rest[f]! + FLOOR));
      odds[f] = Math.max(-SUREST, Math.min(SUREST, value));
    }
  }
}
