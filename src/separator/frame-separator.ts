import { isVoice } from '../dictionary/index.ts';
import type { FrameProcessor, PastFrames } from '../dsp/stft.ts';
import type { Controls } from './controls.ts';
import { GainRule } from './gain-rule.ts';
import { absence } from './absence.ts';
import type { FrameLayout } from './latency-modes.ts';
import type { FrameModel } from './frame-model.ts';
import { NoiseTracker } from './noise-tracker.ts';
import type { PitchComb } from './pitch/pitch-comb.ts';

/** Mean power of a spectrum below which a frame is silent: a signal at about -100 dB of full scale. */
const SILENT_POWER = 1e-10;
/** Part of a frame, in the band below, that may seem speech while learned noise adapts; of stationary noise a quarter does. */
const MOST_PRESENCE = 0.45;
/** Hz: where voices differ most from noise. */
const PRESENCE_BAND = [150, 4000] as const;

/**
 * The work on one frame: the spectra of all channels to one V, activations, masks, one gain for all channels. With
 * `separate` each source is an output of its own; they sum to the input.
 */
export class FrameSeparator implements FrameProcessor {
  readonly #layout: FrameLayout;
  readonly #channels: number;
  readonly #separate: boolean;
  readonly #controls: Controls;
  readonly #rule = new GainRule();
  readonly #tracker = new NoiseTracker();
  readonly #comb: PitchComb | undefined;
  readonly #gains: Float64Array;
  readonly #energy: Float32Array;
  readonly #scale: number;
  #model: FrameModel;
  /** Whether a source is one voice, one value a source. */
  #voices: readonly boolean[];
  /** Takes over when a frame begins: one that is in work must end with the model it began with. */
  #waiting: FrameModel | undefined;
  #waitingVoices: readonly boolean[] = [];
  #silent = false;
  /** Of the frame in work; with it the comb works. */
  #past: PastFrames | undefined;
  /** Whether the frame in work is one that learned noise may adapt to. */
  #adapting = false;
  #faults = 0;

  constructor(
    model: FrameModel,
    layout: FrameLayout,
    controls: Controls,
    options: { channels: number; separate: boolean; comb?: PitchComb | undefined },
  ) {
    this.#model = model;
    this.#voices = voicesOf(model);
    this.#layout = layout;
    this.#controls = controls;
    this.#channels = options.channels;
    this.#separate = options.separate;
    this.#comb = options.comb;
    this.#gains = new Float64Array(Math.max(8, model.dictionary.sources.length));
    this.#energy = new Float32Array(layout.bins);
    this.#scale = 1 / (layout.windowLength * layout.bins);
    this.#tracker.configure({ bins: layout.bins, hop: layout.hop / layout.sampleRate });
    this.#rule.configure({ bins: layout.bins, hop: layout.hop / layout.sampleRate });
  }

  get model(): FrameModel {
    return this.#waiting ?? this.#model;
  }

  /** The next frame begins with it; the gains go on from where they are, so that nothing clicks. */
  set model(model: FrameModel) {
    this.#waiting = model;
    this.#waitingVoices = voicesOf(model);
  }

  /** Frames that passed dry because no finite mask was found. */
  get faults(): number {
    return this.#faults;
  }

  /** |X|^2 of the last frame, mean over the channels, one value a bin. */
  get energy(): Float32Array {
    return this.#energy;
  }

  /** Gain of the last frame, one value a bin. */
  get gain(): Float32Array {
    return this.#rule.gain;
  }

  reset(): void {
    this.model.reset();
    this.#rule.reset();
    this.#tracker.reset();
    this.#comb?.reset();
    this.#silent = false;
    this.#adapting = false;
    this.#faults = 0;
  }

  startFrame(past?: PastFrames): number {
    this.#past = past;
    if (this.#waiting) {
      this.#model = this.#waiting;
      this.#voices = this.#waitingVoices;
      this.#waiting = undefined;
    }
    return this.#model.steps + 2;
  }

  processStep(step: number, spectra: readonly Float64Array[], results: readonly Float64Array[]): void {
    if (step === 0) {
      this.#observe(spectra);
      if (!this.#silent) this.#model.look?.(spectra);
    }
    if (step < this.#model.steps) {
      if (!this.#silent) this.#model.processStep(step);
      else if (step === 0) this.#model.skipFrame();
    } else if (step === this.#model.steps) this.#decide(spectra);
    else this.#apply(spectra, results);
  }

  /** One V for all channels: the stereo image stands still because all channels get one mask. */
  #observe(spectra: readonly Float64Array[]): void {
    const energy = this.#energy;
    const v = this.#model.spectrum;
    const { bins } = this.#layout;
    const channels = this.#channels;
    for (let c = 0; c < channels; c++) {
      const spectrum = spectra[c]!;
      for (let f = 0; f < bins; f++) {
        const re = spectrum[2 * f]!;
        const im = spectrum[2 * f + 1]!;
        const power = (re * re + im * im) / channels;
        energy[f] = c === 0 ? power : energy[f]! + power;
      }
    }
    let sum = 0;
    for (let f = 0; f < bins; f++) sum += energy[f]!;
    this.#silent = sum * this.#scale < SILENT_POWER;
    const adapting = this.#model.adaptive === true && this.#controls.adapting;
    // What it knew before a pause may be gone since.
    if (adapting && !this.#adapting) this.#tracker.reset();
    this.#adapting = adapting;
    // In silence too: what comes after it is no noise until it has lasted.
    if (adapting) this.#tracker.process(energy);
    const half = this.#model.exponent / 2;
    if (half === 1) v.set(energy);
    else if (half === 0.5) for (let f = 0; f < bins; f++) v[f] = Math.sqrt(energy[f]!);
    else for (let f = 0; f < bins; f++) v[f] = Math.pow(energy[f]!, half);
  }

  /** The gain of the frame. */
  #decide(spectra: readonly Float64Array[]): void {
    const usable = this.#silent || this.#model.finite;
    if (!usable) this.#faults++;
    if (this.#separate) return;
    this.#decideGain(usable);
    if (!this.#past || !this.#comb) return;
    if (usable && !this.#silent) this.#lookForPitch(spectra, this.#comb);
    else this.#comb.reset();
  }

  #apply(spectra: readonly Float64Array[], results: readonly Float64Array[]): void {
    const usable = this.#silent || this.#model.finite;
    if (this.#separate) this.#applySeparately(spectra, results, usable && !this.#silent);
    else this.#applyTogether(spectra, results);
    if (usable && !this.#silent && this.#adapting) {
      this.#model.adapt?.(absence(this.#presence(), MOST_PRESENCE));
    }
  }

  /** Part of the last frame's magnitude that is likely to be speech. */
  #presence(): number {
    const { presence } = this.#tracker;
    const { sampleRate, fftSize } = this.#layout;
    const from = Math.ceil((PRESENCE_BAND[0] * fftSize) / sampleRate);
    const to = Math.min(presence.length, Math.floor((PRESENCE_BAND[1] * fftSize) / sampleRate));
    let speech = 0;
    let all = 0;
    for (let f = from; f < to; f++) {
      const magnitude = Math.sqrt(this.#energy[f]!);
      speech += presence[f]! * magnitude;
      all += magnitude;
    }
    return all > 0 ? speech / all : 1;
  }

  #decideGain(usable: boolean): void {
    const controls = this.#controls;
    const sources = this.#model.dictionary.sources.length;
    if (!usable) this.#rule.fill(1);
    // In silence the gains stay: there is nothing to hear, and the next sound finds the masks where they were.
    else if (!this.#silent) {
      let loudest = 0;
      for (let s = 0; s < sources; s++) {
        this.#gains[s] = controls.gain(s);
        loudest = Math.max(loudest, this.#gains[s]!);
      }
      const mask = this.#model.gain(this.#gains, controls.exponent);
      this.#rule.process(mask, loudest * controls.floor, controls.smoothing);
    }
  }

  /** The comb is for a voice that shall be louder than the rest. */
  #lookForPitch(spectra: readonly Float64Array[], comb: PitchComb): void {
    let voice = 0;
    let rest = 0;
    for (let s = 0; s < this.#voices.length; s++) {
      const gain = this.#controls.gain(s);
      if (this.#voices[s]) voice = Math.max(voice, gain);
      else rest = Math.max(rest, gain);
    }
    const lowest = Math.max(rest, Math.max(voice, rest) * this.#controls.floor);
    comb.observe(spectra, this.#rule.gain, voice, lowest, this.#controls.comb);
  }

  #applyTogether(spectra: readonly Float64Array[], results: readonly Float64Array[]): void {
    const gain = this.#rule.gain;
    for (let c = 0; c < this.#channels; c++) multiply(spectra[c]!, gain, results[c]!);
    if (this.#past && !this.#silent) this.#comb?.apply(spectra, results, gain, this.#past);
  }

  /** The last source takes what is left of one, so that the outputs sum to the input exactly. */
  #applySeparately(
    spectra: readonly Float64Array[],
    results: readonly Float64Array[],
    masked: boolean,
  ): void {
    const sources = this.#model.dictionary.sources.length;
    const rest = this.#rule.gain.fill(1);
    for (let s = 0; s < sources; s++) {
      this.#gains.fill(0);
      this.#gains[s] = 1;
      const last = s === sources - 1;
      let mask: Float32Array = rest;
      if (!last) {
        mask = this.#model.gain(this.#gains, this.#controls.exponent);
        if (!masked) mask.fill(1 / sources);
        for (let f = 0; f < rest.length; f++) rest[f]! -= mask[f]!;
      }
      for (let c = 0; c < this.#channels; c++) multiply(spectra[c]!, mask, results[s * this.#channels + c]!);
    }
  }
}

const voicesOf = (model: FrameModel): boolean[] =>
  model.dictionary.sources.map(({ label }) => isVoice(label));

function multiply(spectrum: Float64Array, gain: Float32Array, result: Float64Array): void {
  for (let f = 0; 2 * f < spectrum.length; f++) {
    const g = gain[f]!;
    result[2 * f] = g * spectrum[2 * f]!;
    result[2 * f + 1] = g * spectrum[2 * f + 1]!;
  }
}
