import { HEAD, type UnfoldedTensors } from '../../dictionary/unfolded.ts';
import type { TuningKernel } from '../../kernel/training.ts';
import type { TrainedMatrix, TrainedUpdates } from './trained-updates.ts';
import type { TuningBands } from './tuning-bands.ts';
import type { MixedBatch } from './tuning-mixtures.ts';
import type { TuningShape } from './tuning-recursion.ts';

/** Every other frame is judged: neighbours share three quarters of their samples. */
const STRIDE = 2;
/** Error of compressed magnitudes and complex values, and a little of the plain error: see training/loss.py. */
const COMPRESSION = 0.4;
const OF_MAGNITUDES = 0.6;
const OF_PHASES = 0.4;
/** A voice that is cut is worse than a noise that is left. */
const CUT = 0.5;
const OF_ERROR = 0.02;
const SMALL = 1e-4;

type Head = Readonly<Record<(typeof HEAD)[number], TrainedMatrix>>;

/** Means over the mixtures. */
export interface TuningLoss {
  /** What is made small. */
  readonly total: number;
  /** Of that, the error of compressed values, which is never negative. */
  readonly compressed: number;
}

/** From activations to masks (see separator/mask-head.ts), what they cost, and the way back. */
export class TuningMasks {
  /** frames x rows x atoms: the gradient of the loss by the activations. */
  readonly byActivations: Float32Array;
  readonly #kernel: TuningKernel;
  readonly #updates: TrainedUpdates;
  readonly #bands: TuningBands;
  readonly #shape: TuningShape;
  readonly #atoms: number;
  readonly #judged: number;
  readonly #activations: Float32Array;
  /** judged x rows x bands: what the reconstruction atoms say, then the gradient by it. */
  readonly #voice: Float32Array;
  readonly #noise: Float32Array;
  readonly #byVoice: TrainedMatrix;
  readonly #byNoise: TrainedMatrix;
  readonly #exponent: TrainedMatrix;
  readonly #residual: TrainedMatrix;
  readonly #head: Head | undefined;
  // Per band of the frame at hand.
  readonly #unexplained: Float64Array;
  readonly #withRest: Float64Array;
  readonly #ofFloor: Float64Array;
  readonly #ofNoise: Float64Array;
  readonly #odds: Float64Array;
  readonly #more: Float64Array;
  readonly #mask: Float64Array;
  readonly #byMask: Float64Array;
  #share = 0;
  #power = 1;
  #voiceSum = 0;
  #noiseSum = 0;

  static floatsNeeded({ atomCount, bands }: UnfoldedTensors, { rows, frames }: TuningShape): number {
    const judged = Math.ceil(frames / STRIDE);
    return rows * (judged * (atomCount + 2 * bands) + frames * atomCount) + 1024;
  }

  constructor(
    kernel: TuningKernel,
    updates: TrainedUpdates,
    t: UnfoldedTensors,
    bands: TuningBands,
    shape: TuningShape,
  ) {
    this.#kernel = kernel;
    this.#updates = updates;
    this.#bands = bands;
    this.#shape = shape;
    this.#atoms = t.atomCount;
    this.#judged = Math.ceil(shape.frames / STRIDE);
    this.#byVoice = updates.get('voice');
    this.#byNoise = updates.get('noise');
    this.#exponent = updates.get('exponent');
    this.#residual = updates.get('residual');
    this.#head = t.head && (Object.fromEntries(HEAD.map((name) => [name, updates.get(name)])) as Head);
    const all = this.#judged * shape.rows;
    this.#activations = kernel.allocate(all * t.atomCount);
    this.#voice = kernel.allocate(all * t.bands);
    this.#noise = kernel.allocate(all * t.bands);
    this.byActivations = kernel.allocate(shape.frames * shape.rows * t.atomCount);
    const perBand = (): Float64Array => new Float64Array(t.bands);
    this.#unexplained = perBand();
    this.#withRest = perBand();
    this.#ofFloor = perBand();
    this.#ofNoise = perBand();
    this.#odds = perBand();
    this.#more = perBand();
    this.#mask = perBand();
    this.#byMask = perBand();
  }

  /** Adds to the gradients of the updates, and writes `byActivations`. */
  judge(batch: MixedBatch, activations: Float32Array): TuningLoss {
    const { rows, frames } = this.#shape;
    const kernel = this.#kernel;
    const atoms = this.#atoms;
    const bands = this.#bands.count;
    const ofAtoms = rows * atoms;
    const all = this.#judged * rows;
    for (let i = 0; i < this.#judged; i++) {
      const from = STRIDE * i * ofAtoms;
      this.#activations.set(activations.subarray(from, from + ofAtoms), i * ofAtoms);
    }
    const h = { at: kernel.at(this.#activations), row: atoms, column: 1 };
    const voice = kernel.at(this.#voice);
    const noise = kernel.at(this.#noise);
    kernel.multiply(all, bands, atoms, h, this.#updates.turned.get('voice')!, voice, false);
    kernel.multiply(all, bands, atoms, h, this.#updates.turned.get('noise')!, noise, false);

    // The plain error is relative to the voice of a whole mixture: it must be known before its slope is.
    const errors = new Float64Array(rows);
    const voices = new Float64Array(rows).fill(1e-2);
    for (let i = 0; i < all; i++) {
      this.#explain(batch, i);
      const row = i % rows;
      errors[row]! += this.#error(batch, i);
      voices[row]! += this.#voiceEnergy(batch, i);
    }
    let plain = 0;
    for (let row = 0; row < rows; row++) {
      plain += (OF_ERROR / rows) * 10 * Math.log10(errors[row]! / voices[row]! + 1e-2);
    }
    let compressed = 0;
    for (let i = 0; i < all; i++) {
      const row = i % rows;
      const relative = errors[row]! / voices[row]! + 1e-2;
      const byError = ((OF_ERROR / rows) * 10) / Math.LN10 / relative / voices[row]!;
      this.#explain(batch, i);
      compressed += this.#compare(batch, i, 1 / all, byError);
      this.#backward(batch, i);
    }

    const byVoice = this.#byVoice;
    const byNoise = this.#byNoise;
    kernel.multiply(bands, atoms, all, { at: voice, row: 1, column: bands }, h.at, byVoice.gradientAt, true);
    kernel.multiply(bands, atoms, all, { at: noise, row: 1, column: bands }, h.at, byNoise.gradientAt, true);
    kernel.multiply(all, atoms, bands, { at: voice, row: bands, column: 1 }, byVoice.at, h.at, false);
    kernel.multiply(all, atoms, bands, { at: noise, row: bands, column: 1 }, byNoise.at, h.at, true);
    this.byActivations.fill(0, 0, frames * ofAtoms);
    for (let i = 0; i < this.#judged; i++) {
      const part = this.#activations.subarray(i * ofAtoms, (i + 1) * ofAtoms);
      this.byActivations.set(part, STRIDE * i * ofAtoms);
    }
    return { total: compressed + plain, compressed };
  }

  /** Of judged frame i, counted over all rows: its place among all frames. */
  #frame(i: number): number {
    const { rows } = this.#shape;
    return STRIDE * (i - (i % rows)) + (i % rows);
  }

  /** The mask of a frame, and all of the bands that the way back needs. */
  #explain({ input, epsilon }: MixedBatch, i: number): void {
    const bands = this.#bands.count;
    const frame = this.#frame(i);
    const eps = epsilon[frame]!;
    const residual = this.#residual.values;
    const exponent = this.#exponent.values[0]!;
    const head = this.#head;
    let voices = 0;
    let noises = 0;
    for (let b = 0; b < bands; b++) {
      const s = this.#voice[i * bands + b]! + eps;
      const m = this.#noise[i * bands + b]! + eps;
      const unexplained = Math.max(0, input[2 * frame * bands + b]! - s - m);
      const withRest = m + residual[b]! * unexplained;
      this.#unexplained[b] = unexplained;
      this.#withRest[b] = withRest;
      let n = withRest;
      if (head) {
        const floor = head.floorScale.values[b]! * input[(2 * frame + 1) * bands + b]! + eps;
        // How far the floor lies above what the atoms say.
        const above = Math.log(floor / withRest);
        this.#ofFloor[b] = above;
        n = withRest * Math.exp(head.floorShare.values[b]! * above);
      }
      this.#ofNoise[b] = n;
      this.#odds[b] = Math.log(s / n);
      voices += s;
      noises += n;
    }
    this.#voiceSum = voices;
    this.#noiseSum = noises;
    this.#share = voices / (voices + noises);
    this.#power = head ? this.#share ** head.presence.values[0]! : 1;
    for (let b = 0; b < bands; b++) {
      let odds = exponent * this.#odds[b]!;
      if (head) {
        const s = this.#voice[i * bands + b]! + eps;
        const more = Math.log((input[2 * frame * bands + b]! + eps) / (s + this.#ofNoise[b]!));
        this.#more[b] = more;
        odds += (more > 0 ? head.excess : head.shortage).values[b]! * more * this.#power;
      }
      this.#mask[b] = 1 / (1 + Math.exp(-odds));
    }
  }

  /** |mask mixture - voice|^2 over all bins. */
  #error({ power, crossPower, voicePower }: MixedBatch, i: number): number {
    const bands = this.#bands.count;
    const from = this.#frame(i) * bands;
    let sum = 0;
    for (let b = 0; b < bands; b++) {
      const mask = this.#mask[b]!;
      const at = from + b;
      sum += this.#bands.bins[b]! * (mask * mask * power[at]! - 2 * mask * crossPower[at]! + voicePower[at]!);
    }
    return Math.max(0, sum);
  }

  #voiceEnergy({ voicePower }: MixedBatch, i: number): number {
    const bands = this.#bands.count;
    const from = this.#frame(i) * bands;
    let sum = 0;
    for (let b = 0; b < bands; b++) sum += this.#bands.bins[b]! * voicePower[from + b]!;
    return sum;
  }

  /** The loss of the compressed values of a frame, and the slope of both losses by its mask. */
  #compare(
    { power, crossPower, voicePower }: MixedBatch,
    i: number,
    counts: number,
    byError: number,
  ): number {
    const { count: bands, importance, bins } = this.#bands;
    const from = this.#frame(i) * bands;
    let loss = 0;
    for (let b = 0; b < bands; b++) {
      const at = from + b;
      const heard = Math.sqrt(power[at]!);
      const target = Math.sqrt(voicePower[at]!) + SMALL;
      const size = this.#mask[b]! * heard + SMALL;
      const compressed = size ** COMPRESSION;
      const wanted = target ** COMPRESSION;
      const lack = wanted - compressed;
      const missing = Math.max(0, lack);
      // Of the angle between mixture and voice.
      const cosine = Math.min(1, Math.max(-1, crossPower[at]! / (heard * target + 1e-9)));
      const phase = compressed * compressed + wanted * wanted - 2 * compressed * wanted * cosine;
      const counted = counts * importance[b]!;
      loss += counted * (OF_MAGNITUDES * lack * lack + OF_PHASES * phase + CUT * missing * missing);
      const byCompressed =
        2 * counted * (-OF_MAGNITUDES * lack + OF_PHASES * (compressed - wanted * cosine) - CUT * missing);
      this.#byMask[b] =
        ((byCompressed * COMPRESSION * compressed) / size) * heard +
        2 * byError * bins[b]! * (this.#mask[b]! * power[at]! - crossPower[at]!);
    }
    return loss;
  }

  /** Puts the gradients by what the reconstruction atoms say in place of that, and adds to those of the head. */
  #backward({ input, epsilon }: MixedBatch, i: number): void {
    const bands = this.#bands.count;
    const frame = this.#frame(i);
    const eps = epsilon[frame]!;
    const exponent = this.#exponent;
    const residual = this.#residual;
    const head = this.#head;
    const sum = this.#voiceSum + this.#noiseSum;
    const power = this.#power;
    let byPower = 0;
    for (let b = 0; b < bands; b++) {
      const mask = this.#mask[b]!;
      const byOdds = this.#byMask[b]! * mask * (1 - mask);
      this.#byMask[b] = byOdds;
      exponent.gradient[0]! += byOdds * this.#odds[b]!;
      if (!head) continue;
      const more = this.#more[b]!;
      const sharpness = more > 0 ? head.excess : head.shortage;
      byPower += byOdds * more * sharpness.values[b]!;
      sharpness.gradient[b]! += byOdds * power * more;
    }
    let byVoices = 0;
    let byNoises = 0;
    if (head) {
      head.presence.gradient[0]! += byPower * power * Math.log(this.#share);
      const byShare = (byPower * head.presence.values[0]! * power) / this.#share / (sum * sum);
      byVoices = byShare * this.#noiseSum;
      byNoises = -byShare * this.#voiceSum;
    }
    for (let b = 0; b < bands; b++) {
      const at = i * bands + b;
      const byOdds = this.#byMask[b]!;
      const s = this.#voice[at]! + eps;
      const n = this.#ofNoise[b]!;
      let byVoice = (byOdds * exponent.values[0]!) / s + byVoices;
      let byNoise = (-byOdds * exponent.values[0]!) / n + byNoises;
      let byRest = byNoise;
      if (head) {
        const sharpness = this.#more[b]! > 0 ? head.excess : head.shortage;
        const byModel = (byOdds * power * sharpness.values[b]!) / (s + n);
        byVoice -= byModel;
        byNoise -= byModel;
        const byLog = byNoise * n;
        const share = head.floorShare.values[b]!;
        const scale = head.floorScale;
        const floor = input[(2 * frame + 1) * bands + b]!;
        head.floorShare.gradient[b]! += byLog * this.#ofFloor[b]!;
        scale.gradient[b]! += (byLog * share * floor) / (scale.values[b]! * floor + eps);
        byRest = (byLog * (1 - share)) / this.#withRest[b]!;
      }
      const unexplained = this.#unexplained[b]!;
      residual.gradient[b]! += byRest * unexplained;
      const back = unexplained > 0 ? byRest * residual.values[b]! : 0;
      this.#voice[at] = byVoice - back;
      this.#noise[at] = byRest - back;
    }
  }
}
